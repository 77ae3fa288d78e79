import type { Enrolment, RingStore } from "./ring-store.ts";
import type { RunStatements, Statement } from "./statement.ts";

// In the database, the column contains the name of a ring or this word.
const ENDED = "over";

type Row = { readonly ring: string };
type Enrolments = Pick<RingStore, "enrol" | "recordEnrolment" | "unenrol" | "ringOf">;

/** Which computer belongs to which ring. Of several enrolments, the one with the newest issue time counts. */
export function createEnrolments(run: RunStatements): Enrolments {
  return {
    enrol: async (machine, ring, asOf = 0) => void (await run(noteIssued(machine, asOf), setRing(machine, ring))),
    unenrol: async (machine) => void (await run(setRing(machine, ENDED))),
    async recordEnrolment(machine, ring, issued) {
      const rows = await run<Row>(noteIssued(machine, issued), setRingIfNewest(machine, ring, issued), find(machine));
      return enrolmentIn(rows[0] as Row);
    },
    async ringOf(machine) {
      const [row] = await run<Row>(find(machine));
      return row && enrolmentIn(row);
    },
  };
}

const find = (machine: string): Statement => ["SELECT ring FROM machines WHERE machine = $1", [machine], "ring-of"];

const noteIssued = (machine: string, issued: number): Statement => [
  "INSERT INTO enrolments VALUES ($1, $2) ON CONFLICT (machine) DO UPDATE SET issued = excluded.issued " +
    "WHERE excluded.issued >= enrolments.issued",
  [machine, issued],
];

const setRing = (machine: string, ring: string): Statement => [
  "INSERT INTO machines VALUES ($1, $2) ON CONFLICT (machine) DO UPDATE SET ring = excluded.ring",
  [machine, ring],
];

/** Runs after `noteIssued`: if another enrolment is newer, the stored issue time is not ours, and nothing changes. */
const setRingIfNewest = (machine: string, ring: string, issued: number): Statement => [
  "INSERT INTO machines SELECT $1, $2 WHERE (SELECT issued FROM enrolments WHERE machine = $1) = $3 " +
    `ON CONFLICT (machine) DO UPDATE SET ring = excluded.ring WHERE machines.ring <> '${ENDED}'`,
  [machine, ring, issued],
];

const enrolmentIn = ({ ring }: Row) => (ring === ENDED ? "ended" : ring) as Enrolment;
