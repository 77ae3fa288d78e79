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

const PID = textLike(/^[a-z2-7]{26}$/, "the 26 letters and digits that stand for a computer");
const REASON = textLike(/^.{1,300}$/, "1 to 300 characters");

/** Keeping what a ring server keeps, bringing it back, and forgetting a computer. */
export function addRingRecovery(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("backup")))
    .description("copy the database to a file, while the server runs or not")
    .requiredOption("--to <file>", "where; there may be none yet")
    .action((options: RingDataOptions & { to: string }) =>
      host.run(options, async () => {
        const { to, data, databaseUrl } = options;
        if (databaseUrl !== undefined) {
          return fail("BACKUP_ELSEWHERE", "PostgreSQL is copied by pg_dump: see docs/rings/backup-and-recovery.md.");
        }
        if (await exists(to)) return fail("FILE_EXISTS", `${to} is there already: name another file.`);
        return withRingData(options, async () => {
          const lines = await backUpFile(join(data, RING_DATABASE), to);
          const { decisions, head } = await auditDecisions({ all: async () => lines });
          return ok({
            json: { file: to, decisions: decisions.length, head },
            words: [`${to}: ${decisions.length} decisions. Head: ${head}`],
          });
        });
      }),
    );
  withRingStoreOptions(withJson(group.command("restored")))
    .description("a backup was brought back: what was heard after it is lost, and every ring's exposure begins anew")
    .requiredOption("--reason <text>", "what had happened", REASON)
    .action((options: RingDataOptions & { reason: string }) =>
      host.run(options, () =>
        withRingData(options, async ({ decisions }) => {
          await logRestore(decisions, context.now() * 1_000, options.reason);
          const { head } = await auditDecisions(decisions);
          return ok({ json: { head }, words: [`Every ring's exposure begins anew. Head: ${head}`] });
        }),
      ),
    );
  withRingStoreOptions(withJson(group.command("erase")))
    .argument("<computer>", "its pseudonym", PID)
    .description("forget a computer: its events, and what they added")
    .action((pid: string, options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const { events } = await store.erase(pid, context.now() * 1_000);
          return ok({ json: { pid, events }, words: [`${events} events of ${pid} are gone.`] });
        }),
      ),
    );
}
