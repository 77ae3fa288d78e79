import type { NormalizedEvent, StoreCounts } from "../../gates/index.ts";
import { admit } from "./admission.ts";
import { queryOf, createPool, inTransaction } from "./postgres-connection.ts";
import { addStates, heldPlaces, insertEvents, noteOthers } from "./postgres-events.ts";
import { createLeadership } from "./postgres-leadership.ts";
import { createPostgresReader } from "./postgres-reading.ts";
import { eraseWithin, rebuildWithin } from "./postgres-rebuild.ts";
import { migrate } from "./postgres-schema.ts";
import { createPostgresRepositories } from "./postgres-repositories.ts";
import { writeSums } from "./postgres-sums.ts";
import type { RingStore } from "./ring-store.ts";
import { createSums } from "./sums.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { UnixMs, UnixSeconds } from "../../../src-shared/units.ts";

const NOTE_ISSUED =
  "INSERT INTO enrolments VALUES ($1, $2) ON CONFLICT (machine) DO UPDATE SET issued = excluded.issued " +
  "WHERE excluded.issued >= enrolments.issued";

/**
 * Opens a store that several servers share, in a database that is made ready where it is empty. Rejects with the
 * database's error where it cannot be reached.
 *
 * @param url such as postgres://ring@127.0.0.1/ring; the rest may come from PGPASSFILE and its like
 */
export async function openPostgresStore(url: string): Promise<Result<RingStore, { readonly newer: number }>> {
  const pool = createPool(url);
  const query = queryOf(pool);
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
      const { taken, fresh } = admit(batches, await heldPlaces(within, batches.flat()));
      if (fresh.length === 0) return taken;
      const sums = createSums();
      await addStates(within, fresh, sums);
      await insertEvents(within, fresh, receivedAt);
      await writeSums(within, sums);
      await noteOthers(within, fresh);
      return taken;
    });

  const setRing = async (machine: string, ring: Ring | "over") => {
    await query("INSERT INTO machines VALUES ($1, $2) ON CONFLICT (machine) DO UPDATE SET ring = excluded.ring", [
      machine,
      ring,
    ]);
  };

  async function enrol(machine: string, ring: Ring, asOf: UnixSeconds = 0): Promise<void> {
    await query(NOTE_ISSUED, [machine, asOf]);
    await setRing(machine, ring);
  }

  // Of two that come at once, the older finds the newer one's row and changes nothing.
  const recordEnrolment = (machine: string, ring: Ring, issued: UnixSeconds): Promise<Ring | "over"> =>
    inTransaction(pool, "enrolments", async (within) => {
      const noted = await within(`${NOTE_ISSUED} RETURNING issued`, [machine, issued]);
      if (noted.length > 0) {
        await within(
          "INSERT INTO machines VALUES ($1, $2) ON CONFLICT (machine) DO UPDATE SET ring = excluded.ring " +
            "WHERE machines.ring <> 'over'",
          [machine, ring],
        );
      }
      const [row] = await within<{ ring: Ring | "over" }>("SELECT ring FROM machines WHERE machine = $1", [machine]);
      return row?.ring ?? ring;
    });

  try {
    const refused = await migrate(pool);
    if (refused) return (await close(), err(refused));
  } catch (error) {
    await close();
    throw error;
  }
  return ok({
    ...createPostgresReader(query),
    ...createPostgresRepositories(pool, query),
    takeAll,
    take: async (events) => (await takeAll([events], 0))[0] as StoreCounts,
    async versionsOf(machine, sessions) {
      if (sessions.length === 0) return new Map();
      const rows = await query<{ session: string; version: string }>(
        "SELECT DISTINCT ON (session) session, version FROM events " +
          "WHERE machine = $1 AND session = ANY ($2) AND kind = 'session' ORDER BY session, seq",
        [machine, sessions],
      );
      return new Map(rows.map(({ session, version }) => [session, version]));
    },
    enrol,
    unenrol: (machine) => setRing(machine, "over"),
    recordEnrolment,
    async ringOf(machine) {
      const [row] = await query<{ ring: Ring | "over" }>(
        "SELECT ring FROM machines WHERE machine = $1",
        [machine],
        "ring",
      );
      return row?.ring;
    },
    erase: (machine, askedAt) => inTransaction(pool, "events", (within) => eraseWithin(within, machine, askedAt)),
    rebuild: () => inTransaction(pool, "events", rebuildWithin),
    leadership,
    close,
  });
}
