import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { issueBatch } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { REPAIR_NOTE } from "./describe-license.ts";
import { DEVELOPMENT_NOTE, GRACE_DAYS, keysOption, namedStickOption, VERSION, withJson } from "./options.ts";

type Options = { keys: string; stick?: string; outDir: string; graceDays: number; minApp: string; json?: true };

/** The command that enrols the computers of a table: each gets a license with an enrolment, or none does. */
export function addRingEnrol(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("enrol"))
    .description("enrol the computers of a table in their rings: customer, days or until, stick, ring, request")
    .argument("<csv>", "the table; if one row has a fault, nothing is written")
    .addOption(keysOption())
    .addOption(namedStickOption().makeOptionMandatory(false))
    .option("--out-dir <folder>", "the folder for CUSTOMER.uvvlic: the license with its enrolment", ".")
    .option("--grace-days <n>", "the days for which each license still plays after its end", GRACE_DAYS, 0)
    .option("--min-app <version>", "the oldest app that accepts them", VERSION, "0.0.0")
    .action((csv: string, options: Options) =>
      host.run(options, async (job) => {
        const batch = await issueBatch({ ...options, csv, again: false, enrol: true }, context.now());
        if (!batch.ok) return batch;
        const { issued, known } = batch.value;
        if (issued[0]?.issued.developmentKeys) job.note(DEVELOPMENT_NOTE);
        if (issued[0]?.issued.repaired) job.note(REPAIR_NOTE);
        const enrolled = issued.map(({ line, order, issued: { claims, enrolment, sha256 } }) => {
          const { lid, sub, ring, exp } = claims;
          return { line, lid, sub, ring, exp, pid: enrolment?.pid ?? null, out: order.out, sha256 };
        });
        const skipped = known.map(({ line, order }) => ({ line, sub: order.customer }));
        return ok({
          json: { enrolled, skipped },
          lines: [
            ...skipped.map(
              ({ sub }) =>
                `${sub} has a license for this stick: skipped. To enrol its computer, renew it with --enrol.`,
            ),
            ...enrolled.map(({ sub, ring, pid, out }) => `${sub} is enrolled in ${ring} as ${pid}: ${out}`),
            `${enrolled.length} enrolled, ${skipped.length} skipped.`,
          ],
        });
      }),
    );
}
