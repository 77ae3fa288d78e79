import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { audit, listLicenses, restoreRegister } from "../licenses/index.ts";
import { fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { CUSTOMER, DAYS, keysOption, wholeNumber, withJson } from "./options.ts";

type ListOptions = { keys: string; customer?: string; expiring?: number; json?: true };
type AuditOptions = { keys: string; json?: true };
type RestoreOptions = { keys: string; firstSeq: number; json?: true };

export function addLicenseList(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("list"))
    .description("show the licenses in the register with their current state")
    .addOption(keysOption())
    .option("--customer <customer-number>", "only the licenses of this customer", CUSTOMER)
    .option("--expiring <days>", "only licenses that end within this number of days or are in their grace period", DAYS)
    .action((options: ListOptions) =>
      host.run(options, async () => {
        const listed = await listLicenses(options.keys, options, context.now());
        if (!listed.ok) return listed;
        const lines = listed.value.map(
          ({ lid, seq, sub, mode, ring, exp, state }) =>
            `${lid}  ${String(seq).padStart(5)}  ${state.padEnd(11)}  ${formatDate(exp)}  ${ring.padEnd(5)}  ${mode.padEnd(15)}  ${sub}`,
        );
        const none = listed.value.length === 0 ? ["No such license."] : [];
        return ok({ json: { licenses: listed.value }, lines: [...lines, ...none] });
      }),
    );
}

export function addLicenseAudit(group: Command, host: Host): void {
  withJson(group.command("audit"))
    .description("check the register, and that the revocation list and the key manifest match it")
    .addOption(keysOption())
    .action((options: AuditOptions) =>
      host.run(options, async (job) => {
        const report = await audit(options.keys);
        if (!report.ok) return report;
        const { entries, licenses, revoked, faults } = report.value;
        for (const fault of faults) job.note(`${fault}.`);
        if (faults.length > 0) {
          return fail("AUDIT_FAILED", `${faults.length} faults in ${options.keys}, listed above.`, { ...report.value });
        }
        const lines = [`${entries} entries, ${licenses} licenses, ${revoked} of them revoked: no faults found.`];
        return ok({ json: report.value, lines });
      }),
    );
}

export function addLicenseRestore(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("restore"))
    .description("start a new register from license files if the old one is lost and has no backup")
    .argument("<file...>", "every license file you still have (.uvvlic)")
    .addOption(keysOption())
    .requiredOption(
      "--first-seq <n>",
      "a number that is certainly above every license number you have issued",
      wholeNumber(1, 1e12),
    )
    .action((files: string[], options: RestoreOptions) =>
      host.run(options, async () => {
        const restored = await restoreRegister({ ...options, files }, context.now());
        if (!restored.ok) return restored;
        const { licenses } = restored.value;
        const next = `The next license is number ${options.firstSeq}.`;
        return ok({ json: { licenses, firstSeq: options.firstSeq }, lines: [`${licenses} licenses entered. ${next}`] });
      }),
    );
}
