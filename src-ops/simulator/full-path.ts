import * as v from "valibot";
import { createMemoryStore } from "./memory-store.ts";
import { judgeRelease, normalizeEvents, readFacts, SLOT_MS } from "../gates/index.ts";
import { TICKS_PER_HOUR, type ReportedState } from "./scenario.ts";
import { SIMULATED_VERSION, stateOfTally } from "./tally-state.ts";
import { nameOf, type ObservationResult, resultOf, type Observation } from "./watch.ts";
import {
  decodeLogs,
  encodeLogs,
  eventIdOf,
  type Sender,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import { BuildId } from "../../src-shared/updates/index.ts";
import { HOUR } from "../../src-shared/units.ts";

// A Tuesday at midnight UTC, which is a boundary of the store's slots, windows and days.
const SINCE = Date.UTC(2030, 0, 1);
const REGISTER = { isGenuine: () => false, computerOf: (pseudonym: string) => pseudonym };
const BUILD = v.parse(BuildId, "simulated");

/**
 * Observes one fleet with raw events: encodes, decodes, normalizes, deduplicates, sums and judges as the ring server.
 */
export async function observeFully({
  ring,
  policy,
  timeline,
  pooled,
  scoresAt,
  machines: size,
}: Observation): Promise<ObservationResult> {
  const store = createMemoryStore();
  const release = { ring, build: BUILD, version: SIMULATED_VERSION, since: SINCE, countsFrom: 0, pooled };
  const arriving = new Map<number, ReportedState[]>();
  for (let machine = 0; machine < size; machine++) await store.enrol(nameOf(machine), ring);

  async function receive(report: ReportedState): Promise<void> {
    const receivedAt = SINCE + report.arrival * SLOT_MS;
    const batch = decodeLogs(bodyOf(report, timeline.skewMs[report.machine] as number));
    if (!batch.ok) throw new Error("the simulator made a batch that a receiver cannot decode");
    const { resource, events } = batch.value;
    await store.take(normalizeEvents(resource, events, ring, receivedAt, () => undefined));
  }

  function bodyOf(report: ReportedState, skewMs: number): Uint8Array {
    const { machine, session, seq, tick, arrival, upMs } = report;
    const startedAt = SINCE + (tick - seq) * SLOT_MS + skewMs;
    const id = sessionId(machine, session);
    const at = SINCE + tick * SLOT_MS + skewMs;
    const event: TelemetryEvent = {
      v: 1,
      id: eventIdOf(at, Uint8Array.from([0, 0, 0, machine, seq, session, 0, 0, 0, 1])),
      session: id,
      seq,
      at,
      up: upMs,
      kind: "session",
      state: stateOfTally(report.tally, seq, startedAt),
    };
    const isSameSession = !report.isLast && arrival - tick < TICKS_PER_HOUR / 4;
    const sentUp = upMs + (arrival - tick) * SLOT_MS;
    const sent = isSameSession
      ? { session: id, up: sentUp }
      : { session: sessionId(machine, session + 100), up: SLOT_MS };
    return encodeLogs(senderOf(machine, ring), { ...sent, at: SINCE + arrival * SLOT_MS + skewMs }, [event]);
  }

  for (let tick = 0; tick < policy.longestHours * TICKS_PER_HOUR; tick++) {
    for (const report of timeline.reportsAt(tick))
      arriving.set(report.arrival, [...(arriving.get(report.arrival) ?? []), report]);
    for (const report of arriving.get(tick) ?? []) await receive(report);
    arriving.delete(tick);
    const now = SINCE + tick * SLOT_MS;
    const facts = await readFacts(store, release, policy, REGISTER, now);
    const scores = scoresAt((now - SINCE) / HOUR / 1_000);
    const result = resultOf(judgeRelease({ ...facts, scores }, policy), tick);
    if (result) return result;
  }
  const facts = await readFacts(store, release, policy, REGISTER, SINCE + policy.longestHours * HOUR * 1_000);
  return { outcome: "inconclusive", hours: policy.longestHours, exposure: judgeRelease(facts, policy).exposure };
}

// Unique within one observation, and the same in every run.
const sessionId = (machine: number, session: number) =>
  eventIdOf(SINCE, Uint8Array.from([0, 0, 0, machine, session, 0, 0, 0, 0, 2]));

function senderOf(machine: number, ring: Sender["uvv.ring"]): Sender {
  return {
    "service.name": "usb-video-vault",
    "service.version": SIMULATED_VERSION,
    "service.instance.id": nameOf(machine),
    "uvv.ring": ring,
    "os.type": "linux",
    "host.arch": "x64",
  };
}
