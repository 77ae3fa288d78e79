import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { issueBatch } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, GRACE_DAYS, keysOption, stickOption, VERSION, withJson } from "./options.ts";
import { REPAIR_NOTE } from "./describe-license.ts";

type Options = { keys: string; stick: string; outDir: string; graceDays: number; minApp: string; json?: true };

export function addLicenseBatch(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("batch"))
    .description("issue a license for each row of a table: customer, days, ring, request, passphrase, entitle...")
    .argument("<csv>", "the table; every row is checked before anything is issued")
    .addOption(keysOption())
    .addOption(stickOption())
    .requiredOption("--out-dir <folder>", "the folder for CUSTOMER.uvvlic and CUSTOMER.txt (the passphrase)")
    .option("--grace-days <n>", "the days for which each license still plays after its end", GRACE_DAYS, 0)
    .option("--min-app <version>", "the oldest app that accepts them", VERSION, "0.0.0")
    .action((csv: string, options: Options) =>
      host.run(options, async (job) => {
        const batch = await issueBatch({ ...options, csv }, context.now());
        if (!batch.ok) return batch;
        if (batch.value[0]?.issued.developmentKeys) job.note(DEVELOPMENT_NOTE);
        if (batch.value[0]?.issued.repaired) job.note(REPAIR_NOTE);
        const licenses = batch.value.map(({ line, order, issued }) => {
          const { lid, seq, sub, exp } = issued.claims;
          const { out, passphraseFile = null } = order;
          return { line, lid, seq, sub, exp, out, passphraseFile, sha256: issued.sha256 };
        });
        const secrets = licenses.filter(({ passphraseFile }) => passphraseFile !== null).length;
        return ok({
          json: { licenses, developmentKeys: batch.value.some(({ issued }) => issued.developmentKeys) },
          lines: [
            ...licenses.map(({ seq, lid, sub, out }) => `License ${seq} (${lid}) for ${sub}: ${out}`),
            ...(secrets > 0
              ? [`${secrets} passphrases in the same folder: send each separately from its license.`]
              : []),
          ],
        });
      }),
    );
}
