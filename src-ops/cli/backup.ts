import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { backUp, type MadeBackup, restoreBackup } from "../backup/index.ts";
import { formatDate } from "../formatting.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { keysOption, wholeNumber, withJson } from "./options.ts";
import { rememberKeys } from "./remembered-folders.ts";

type BackupOptions = { keys: string; to: string; prove?: true; json?: true };
type RestoreOptions = { keys: string; from: string; number?: number; trust?: string; json?: true };

export function addBackup(program: Command, host: Host, context: CommandContext): void {
  withJson(program.command("backup"))
    .description("copy the whole key folder onto a disk: keys, register, customers and sticks, of one moment")
    .addOption(keysOption())
    .requiredOption("--to <disk>", "a folder on another disk; the newest ten backups are kept there")
    .option("--prove", "restore it into a private folder, and check everything there")
    .action((options: BackupOptions) =>
      host.run(options, async (job) => {
        const made = await backUp(
          { keys: options.keys, disk: options.to, prove: options.prove === true },
          context.now(),
        );
        if (!made.ok) return made;
        const { proof, ...rest } = made.value;
        if (rest.isOnSameDisk)
          job.note(`Note: ${options.to} is on the same disk as the keys, and is lost together with them.`);
        return ok({ json: { ...rest, proof: proof ?? null }, lines: describeBackup(made.value) });
      }),
    );
}

function describeBackup({ path, number, files, proof }: MadeBackup): readonly string[] {
  const first = `Backup ${number}: ${files} files in ${path}, read back and signed.`;
  if (!proof) return [first, "Check that it can be restored with --prove."];
  const { keys, vaults, entries, licenses, sticks, customers } = proof;
  return [
    first,
    `Proved on a restored copy: ${keys} private keys and ${vaults} vault keys open; the register's ${entries} entries with ` +
      `${licenses} licenses have no faults; ${sticks} sticks and ${customers} customers can be read.`,
  ];
}

export function addRestore(program: Command, host: Host, context: CommandContext): void {
  withJson(program.command("restore"))
    .description("restore a backup as a new key folder, which then replaces every other copy")
    .requiredOption("--from <disk>", "the disk that `backup` wrote to, or a copy of a key folder")
    .addOption(keysOption())
    .option("--number <n>", "which backup (default: the newest)", wholeNumber(1, 999_999_999))
    .option("--trust <folder>", "public keys that must have signed it (default: those in the backup itself)")
    .action((options: RestoreOptions) =>
      host.run(options, async (job) => {
        const restored = await restoreBackup(options, context.now());
        if (!restored.ok) return restored;
        const { number, madeAt, generation, firstSeq, proof, noted } = restored.value;
        if (!noted)
          job.note(`Note: ${options.from} cannot be written, so it does not show that the copies before are replaced.`);
        if (context.settingsFolder !== undefined) await rememberKeys(options.keys, process.env);
        return ok({
          json: { ...restored.value, keys: options.keys },
          lines: [
            `${number === null || madeAt === null ? options.from : `Backup ${number} of ${formatDate(madeAt)}`} is restored in ${options.keys}: ${proof.licenses} licenses.`,
            `It is generation ${generation}; its next license is number ${firstSeq}. Do not use any other copy any more.`,
            "Write the new revocation list onto your sticks with `vaultctl keys publish`: other copies then refuse them.",
          ],
        });
      }),
    );
}
