import { join } from "node:path";
import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { auditDecisions, backUpFile, logRestore, RING_DATABASE } from "../server/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { textLike, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

const PID = textLike(/^[a-z2-7]{26}$/, "the 26 letters and digits of a computer's pseudonym");
const REASON = textLike(/^.{1,300}$/, "1 to 300 characters");

/** The commands that back up and restore a ring server's data, and erase a computer's data. */
export function addRingRecovery(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("backup")))
    .description("copy the database to a file; the server may be running")
    .requiredOption("--to <file>", "the backup file, which must not exist yet")
    .action((options: RingDataOptions & { to: string }) =>
      host.run(options, async () => {
        const { to, data, databaseUrl } = options;
        if (databaseUrl !== undefined) {
          return fail("BACKUP_ELSEWHERE", "Back up PostgreSQL with pg_dump: see docs/rings/backup-and-recovery.md.");
        }
        if (await exists(to)) return fail("FILE_EXISTS", `${to} already exists: name another file.`);
        return withRingData(options, async () => {
          const lines = await backUpFile(join(data, RING_DATABASE), to);
          const { decisions, head } = await auditDecisions({ all: async () => lines });
          return ok({
            json: { file: to, decisions: decisions.length, head },
            lines: [`${to}: ${decisions.length} decisions. Head: ${head}`],
          });
        });
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
