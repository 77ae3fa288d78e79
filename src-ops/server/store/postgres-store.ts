import type { NormalizedEvent, StoreCounts } from "../../gates/index.ts";
import { admit } from "./admission.ts";
import { createAggregateReader } from "./aggregate-reader.ts";
import { POSTGRES } from "./dialects.ts";
import { createPool, inTransaction, postgresArrays, postgresStatements, queryOf } from "./postgres-connection.ts";
import {
  addStates,
  findStoredKeys,
  insertEvents,
  othersInSessions,
  storePlatforms,
  storeStepsAndTickets,
  versionsIn,
} from "./postgres-events.ts";
import { createLeadership } from "./postgres-leadership.ts";
import { eraseWithin, rebuildWithin } from "./postgres-rebuild.ts";
import { migrate } from "./postgres-schema.ts";
import { writeAggregates } from "./postgres-aggregate-writer.ts";
import { createRepositories } from "./repositories.ts";
import type { RingStore } from "./ring-store.ts";
import { createAggregateChanges } from "./aggregate-changes.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/**
 * Opens a store that several servers share. Creates the tables in an empty database. Rejects with the database's error if
 * it cannot be reached.
 *
 * @param url such as postgres://ring@127.0.0.1/ring; other settings may come from PGPASSFILE and similar variables
 */
export async function openPostgresStore(url: string): Promise<Result<RingStore, { readonly newer: number }>> {
  const pool = createPool(url);
  const query = queryOf(pool);
  const run = postgresStatements(pool);
  const leadership = createLeadership(url, (channel) => query("SELECT pg_notify($1, '')", [channel]));
  const close = async () => {
    await leadership.end();
    await pool.end();
  };

  const takeAll = (
    batches: readonly (readonly NormalizedEvent[])[],
    receivedAt: UnixMs,
  ): Promise<readonly StoreCounts[]> =>
    inTransaction(pool, "events", async (within) => {
      const events = batches.flat();
      const { counts, fresh } = admit(
        batches,
        await findStoredKeys(within, events),
        await othersInSessions(within, events),
      );
      if (fresh.length === 0) return counts;
      const changes = createAggregateChanges();
      await addStates(within, fresh, changes);
      await insertEvents(within, fresh, receivedAt);
      await writeAggregates(within, changes);
      await storeStepsAndTickets(within, fresh);
      await storePlatforms(within, fresh);
      return counts;
    });

  try {
    const refused = await migrate(pool);
    if (refused) return (await close(), err(refused));
  } catch (error) {
    await close();
    throw error;
  }
  return ok({
    ...createAggregateReader(run, postgresArrays(pool), POSTGRES),
    ...createRepositories(run),
    takeAll,
    versionsOf: (machine, sessions) => versionsIn(query, machine, sessions),
    erase: (machine, askedAt) => inTransaction(pool, "events", (within) => eraseWithin(within, machine, askedAt)),
    rebuild: () => inTransaction(pool, "events", rebuildWithin),
    leadership,
    close,
  });
}
