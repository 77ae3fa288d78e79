import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { audit, compareRegisters, type Comparison, listLicenses, restoreRegister } from "../licenses/index.ts";
import { fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { CUSTOMER, DAYS, keysOption, LICENSE_NUMBER, withJson } from "./options.ts";

type ListOptions = { keys: string; customer?: string; expiring?: number; json?: true };
type AuditOptions = { keys: string; json?: true; against?: string };
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
    .option("--against <folder>", "also name every number that this other copy of the key folder has given out as well")
    .action((options: AuditOptions) =>
      host.run(options, async (job) => {
        const report = await audit(options.keys);
        if (!report.ok) return report;
        const compared =
          options.against === undefined ? ok(undefined) : await compareRegisters(options.keys, options.against);
        if (!compared.ok) return compared;
        const { entries, licenses, revoked } = report.value;
        const faults = [...report.value.faults, ...(compared.value?.collisions ?? [])];
        for (const fault of faults) job.note(`${fault}.`);
        if (faults.length > 0) {
          return fail("AUDIT_FAILED", `${faults.length} faults in ${options.keys}, listed above.`, {
            ...report.value,
            faults,
            against: compared.value,
          });
        }
        const lines = [`${entries} entries, ${licenses} licenses, ${revoked} of them revoked: no faults found.`];
        const { value: comparison } = compared;
        if (!comparison) return ok({ json: report.value, lines });
        return ok({
          json: { ...report.value, against: comparison },
          lines: [...lines, describeComparison(comparison)],
        });
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
      LICENSE_NUMBER,
    )
    .action((files: string[], options: RestoreOptions) =>
      host.run(options, async () => {
        const restored = await restoreRegister({ ...options, files }, context.now());
        if (!restored.ok) return restored;
        const { licenses, firstSeq } = restored.value;
        const next = `The next license is number ${firstSeq}.`;
        return ok({ json: { licenses, firstSeq }, lines: [`${licenses} licenses entered. ${next}`] });
      }),
    );
}

function describeComparison({ common, here, there }: Comparison): string {
  if (here.lines + there.lines === 0) return `${there.folder} has the same ${common} lines.`;
  const ofBoth = `${common} lines are the same; then ${here.lines} in ${here.folder}, ${there.lines} in ${there.folder}`;
  return `${ofBoth}. No number was given out twice.`;
}
