import { join, resolve, sep } from "node:path";
import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { exists } from "../paths.ts";
import { auditDecisions, BACKUPS, backUpFile, logRestore, RING_DATABASE } from "../server/index.ts";
import { type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { haltKeyFolders } from "./configuration-backup.ts";
import type { Host, Outcome } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { knownKeysOption, feedOption, textLike, withJson } from "./options.ts";
import { backUpAll, proveBackup } from "./ring-backup.ts";
import { readServerConfiguration, SERVER_CONFIGURATION } from "./server-arguments.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

type BackupOptions = RingDataOptions & FeedOptions & { to?: string; config?: string; all?: true; prove?: true };

const PID = textLike(/^[a-z2-7]{26}$/, "the 26 letters and digits of a computer's pseudonym");
const REASON = textLike(/^.{1,300}$/, "1 to 300 characters");

/** The commands that back up and restore a ring server's data, and erase a computer's data. */
export function addRingRecovery(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("backup")))
    .description("copy the database to a file, or everything but the keys to a folder; the server may be running")
    .option(
      "--to <path>",
      "the backup, which must not exist yet (default with --all: in `backups` beside the database)",
    )
    .option("--all", "a folder with the database, the server's configuration with its files, and the feed")
    .option("--config <file>", "with --all: the server's configuration (default: ring-server.json beside the database)")
    .option("--prove", "with --all: restore it into a temporary folder, and use it there")
    .addOption(feedOption())
    .addOption(knownKeysOption())
    .action((options: BackupOptions) =>
      host.run(options, async (job) => {
        if (options.databaseUrl !== undefined) {
          return fail("BACKUP_ELSEWHERE", "Back up PostgreSQL with pg_dump: see docs/rings/backup-and-recovery.md.");
        }
        if (options.all) return backUpWhole(options, context, job);
        if (options.prove || options.config !== undefined)
          return fail("USAGE", "--prove and --config go with --all. See --help.");
        return backUpDatabase(options);
      }),
    );
  withRingStoreOptions(withJson(group.command("restored")))
    .description("record that a backup was restored: later events are lost, and every ring's observation starts again")
    .requiredOption("--reason <text>", "why the backup was restored", REASON)
    .action((options: RingDataOptions & { reason: string }) =>
      host.run(options, () =>
        withRingData(options, async ({ decisions }) => {
          await logRestore(decisions, context.now() * 1_000, options.reason);
          const { head } = await auditDecisions(decisions);
          return ok({ json: { head }, lines: [`Every ring's observation starts again. Head: ${head}`] });
        }),
      ),
    );
  withRingStoreOptions(withJson(group.command("erase")))
    .argument("<computer>", "the computer's pseudonym", PID)
    .description("erase a computer: its events and its share of the aggregates")
    .action((pid: string, options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const { events } = await store.erase(pid, context.now() * 1_000);
          return ok({ json: { pid, events }, lines: [`${events} events of ${pid} are erased.`] });
        }),
      ),
    );
}

async function backUpDatabase({ to, ...options }: BackupOptions): Promise<Attempt<Outcome>> {
  if (to === undefined) return fail("USAGE", "Name the backup file with --to, or use --all. See --help.");
  if (await exists(to)) return fail("FILE_EXISTS", `${to} already exists: name another file.`);
  return withRingData(options, async () => {
    const lines = await backUpFile(join(options.data, RING_DATABASE), to);
    const { decisions, head } = await auditDecisions({ all: async () => lines });
    return ok({
      json: { file: to, decisions: decisions.length, head },
      lines: [`${to}: ${decisions.length} decisions. Head: ${head}`],
    });
  });
}

async function backUpWhole(options: BackupOptions, context: CommandContext, job: Job): Promise<Attempt<Outcome>> {
  const location = feedLocationOf(options);
  if (!location.ok) return location;
  const { repo, keys } = location.value;
  const { data, to, prove = false, config = join(data, SERVER_CONFIGURATION) } = options;
  if (options.config !== undefined) {
    const named = await readServerConfiguration(config);
    if (!named.ok) return named;
  }
  const now = context.now();
  const name = new Date(now * 1_000).toISOString().slice(0, 19).replaceAll(":", "");
  const folder = to ?? join(data, BACKUPS, name);
  const made = await withRingData(options, () => backUpAll({ data, repo, config }, folder));
  if (!made.ok) return made;
  const proof = prove ? await proveBackup(made.value, keys, now, job.signal) : ok(null);
  if (!proof.ok) return proof;
  const { decisions, head } = made.value;
  const proved = proof.value
    ? `Proved: restored and used in a temporary folder; ${proof.value.files} files, ${proof.value.events} events, the feed is valid.`
    : "Not proved: add --prove to restore it once.";
  const place = to === undefined ? "It is on the same disk as the original: copy it to another one." : "";
  const elsewhere = (await haltKeyFolders(config)).filter(
    (bundle) => !`${bundle}${sep}`.startsWith(resolve(keys) + sep),
  );
  const copied = elsewhere.length === 0 ? "" : `, and copy ${elsewhere.join(", ")}, which is elsewhere`;
  const keysNote = `The private keys are not in it: back up ${keys} with \`vaultctl backup --to DISK --prove\`${copied}. Each person keeps a copy of the own bundle.`;
  return ok({
    json: { folder, decisions, head, proof: proof.value },
    lines: [`${folder}: ${decisions} decisions. Head: ${head}`, proved, ...[place, keysNote].filter(Boolean)],
  });
}
