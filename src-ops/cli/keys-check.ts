import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { checkKeys } from "../keys/index.ts";
import { recoverVaultKey } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import { DEVELOPMENT_NOTE, keysOption, stickOption, withJson } from "./options.ts";

type CheckOptions = { keys: string; parent?: string; json?: true };
type RecoverOptions = { keys: string; stick: string; license: string; passphraseFile: string; json?: true };

export function addKeysCheck(group: Command, host: Host): void {
  withJson(group.command("check"))
    .description("open every private key as signing would, for example to test a backup")
    .addOption(keysOption())
    .option("--parent <folder>", "also check the parent key, in the folder where it is kept")
    .action((options: CheckOptions) =>
      host.run(options, async (job) => {
        const checked = await checkKeys(options.keys, options.parent);
        if (!checked.ok) return checked;
        if (checked.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        const { keys, older, sealed } = checked.value;
        const lines = [
          ...keys.map(({ role, kid }) => `${role.padEnd(20)} ${kid}  opens`),
          ...older.map(
            ({ role, kid, retired }) => `${role.padEnd(20)} ${kid}  ${retired ? "retired" : "older, still valid"}`,
          ),
          ...(sealed ? ["The private keys have a password."] : []),
        ];
        return ok({ json: checked.value, lines });
      }),
    );
}

export function addKeysRecover(group: Command, host: Host): void {
  withJson(group.command("recover"))
    .description("recover a lost vault key from a license and its passphrase")
    .addOption(keysOption())
    .addOption(stickOption())
    .requiredOption("--license <file>", "a license for this stick with a passphrase (.uvvlic)")
    .requiredOption("--passphrase-file <file>", "the passphrase file that was written when the license was issued")
    .action((options: RecoverOptions) =>
      host.run(options, async () => {
        const recovered = await recoverVaultKey(options);
        if (!recovered.ok) return recovered;
        const lines = [`The key of vault ${recovered.value.vaultId} is restored in ${options.keys}: back it up now.`];
        return ok({ json: recovered.value, lines });
      }),
    );
}
