import { type Counters, type MachineFacts, type PolicyFile, readMachines, type RingPolicy } from "../../gates/index.ts";
import { type Assessment, lateIncidents, type Audit, incidentsOf } from "../decisions/index.ts";
import type { RingStore } from "../store/index.ts";
import type { ReleaseReport } from "./release-report.ts";
import { HOUR, MINUTE, type UnixMs } from "../../../src-shared/units.ts";

/** Reads the data that the metrics show beyond the evaluation. Rejects with the database's error. */
export async function releaseReports(
  store: RingStore,
  assessed: readonly Assessment[],
  log: Audit,
  { policy }: PolicyFile,
  now: UnixMs,
): Promise<readonly ReleaseReport[]> {
  const minutes = policy.budget.burns.flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes]);
  const late = lateIncidents(await store.incidents.open(), assessed, log, now);
  return Promise.all(
    assessed.map(async (assessment): Promise<ReleaseReport> => {
      const { ring, version, since } = assessment;
      const rules = policy.rings[ring];
      const machines = await readMachines(store, assessment);
      return {
        assessment,
        totals: await store.totals(ring, version, since),
        machines,
        scores: (await store.scores(assessment)).map(({ score }) => score),
        tickets: await store.tickets(ring),
        exposures: await exposuresOf(store, assessment, [...new Set(minutes)], now),
        incidents: [...incidentsOf(assessment, log), ...late.filter((one) => one.ring === ring)].map(
          ({ kind }) => kind,
        ),
        limit: rules.errors.below,
        reporting: machines.filter((machine) => isReporting(machine, rules, now)).length,
        expected: Math.max(machines.length, rules.machines.needed),
      };
    }),
  );
}

async function exposuresOf(
  store: RingStore,
  { ring, version }: Assessment,
  windows: readonly number[],
  now: UnixMs,
): Promise<ReadonlyMap<number, Counters>> {
  const found = new Map<number, Counters>();
  for (const minutes of windows) found.set(minutes, await store.totals(ring, version, now - minutes * MINUTE * 1_000));
  return found;
}

function isReporting({ lastAt }: MachineFacts, { machines }: RingPolicy, now: UnixMs): boolean {
  return lastAt !== undefined && lastAt >= now - machines.reportedWithinHours * HOUR * 1_000;
}
