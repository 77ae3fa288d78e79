import { describe, expect, it, onTestFinished } from "vitest";
import { ALERT_KINDS, alertIncidents } from "../../../src-ops/server/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { createIncidentLog } from "../../../src-ops/server/decisions/incident-log.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { assess } from "../../../src-ops/server/decisions/assess.ts";
import { auditDecisions, logDecision } from "../../../src-ops/server/decisions/decision-log.ts";
import { type Incident, incidentsOf } from "../../../src-ops/server/decisions/incidents.ts";
import { HOUR_MS, registerOf, SINCE } from "../gates/facts.ts";
import { MACHINES, normalizedFinding, normalizedState, RELEASE, stateOf } from "../gates/normalized-events.ts";
import { alertingTo, webhookSink } from "./sinks.ts";
import { storeEvents } from "./store-events.ts";

const SIGNED = { seq: 1, basisPoints: 10_000, verdictHash: null, promotion: undefined };
const MINUTE_MS = 60_000;
const GENUINE = "a".repeat(64);

async function openIncidents() {
  const store = openSqliteStore(":memory:");
  onTestFinished(store.close);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  const assessed = (hours: number, isHalted = false) =>
    assess(
      store,
      { ...RELEASE, buildEpoch: 1, isHalted, signed: SIGNED, offeredIn: [], unfinishedHalts: [] },
      policy.value,
      registerOf((hash) => hash === GENUINE),
      SINCE + hours * HOUR_MS,
    );
  const kinds = async (hours: number, isHalted = false) =>
    incidentsOf(await assessed(hours, isHalted), await auditDecisions(store.decisions)).map(({ kind }) => kind);
  const evaluated = async (hours: number) => ({
    rings: [await assessed(hours)],
    log: await auditDecisions(store.decisions),
  });
  return {
    store,
    assessed,
    evaluated,
    kinds,
    incidentLog: createIncidentLog(store, (kind) => ALERT_KINDS[kind]),
  };
}

const crash: Incident = { id: "ring0-crash-1", kind: "crash", ring: "ring0", version: "0.2.0", detail: "1 against 0" };

describe("the incidents of a release", () => {
  it("are none while a release has only begun", async () => {
    expect(await (await openIncidents()).kinds(1)).toEqual([]);
  });

  it("have a kind of their own for each problem", async () => {
    const { store, kinds } = await openIncidents();
    const where = (seq: number) => ({ session: "a", seq, at: SINCE });
    await storeEvents(store, [normalizedState(where(1), stateOf("0.2.0", [{ kind: "crash", process: "main" }]))]);
    expect(await kinds(1)).toEqual(["crash"]);
    expect(await kinds(1, true)).toEqual(["crash", "ring_halted"]);
    await storeEvents(store, [normalizedFinding(where(2), "b".repeat(64))]);
    expect(await kinds(1)).toEqual(["crash", "tamper_suspected"]);
    await storeEvents(store, [normalizedFinding(where(3), GENUINE)]);
    expect(await kinds(1)).toEqual(["signature_error", "crash", "tamper_suspected"]);
    expect(await kinds(80)).toContain("machine_silent");
    const failures = Array.from(
      { length: 5 },
      () => ({ kind: "operation", operation: "seek", succeeded: false }) as const,
    );
    await storeEvents(store, [normalizedState({ session: "b", seq: 1, at: SINCE }, stateOf("0.2.0", failures))]);
    expect(await kinds(1)).toContain("high_error_rate");
  });

  it("include an unreachable target once for all rings, until it can be reached again", async () => {
    const { store, assessed, incidentLog } = await openIncidents();
    await store.recordProbe("feed", SINCE, true);
    await store.recordProbe("ingest", SINCE + HOUR_MS, true);
    const log = await auditDecisions(store.decisions);
    const found = async (hours: number) => {
      const ring0 = await assessed(hours);
      return [ring0, { ...ring0, ring: "ring1" as const }].flatMap((one) => incidentsOf(one, log));
    };
    expect(await found(0.05)).toEqual([]);
    const outage = await found(1);
    expect(new Set(outage.map(({ id, kind }) => `${kind} ${id}`))).toEqual(
      new Set([`service_unavailable feed-service_unavailable-${SINCE / 1_000}`]),
    );
    expect(await incidentLog.due(outage, SINCE + HOUR_MS)).toMatchObject([{ alert: { stage: "opened" } }]);
    await store.recordProbe("feed", SINCE + HOUR_MS, true);
    expect(await found(1)).toEqual([]);
  });

  it("include a halt that cannot be published", async () => {
    const { store, kinds } = await openIncidents();
    await storeEvents(store, [
      normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [{ kind: "crash", process: "main" }])),
    ]);
    await logDecision(store.decisions, SINCE, {
      kind: "halt-failed",
      ring: "ring0",
      build: RELEASE.build,
      code: "NOT_SIGNED",
    });
    expect(await kinds(1)).toEqual(["crash", "halt_incomplete"]);
    expect(await kinds(1, true)).not.toContain("halt_incomplete");
  });
});

describe("an incident", () => {
  async function stages(
    incidentLog: Awaited<ReturnType<typeof openIncidents>>["incidentLog"],
    incidents: Incident[],
    minutes: number,
  ) {
    const found: string[] = [];
    for (const { alert, done } of await incidentLog.due(incidents, SINCE + minutes * MINUTE_MS)) {
      await done();
      found.push(alert.escalated ? `${alert.stage}, escalated` : alert.stage);
    }
    return found;
  }

  it("is alerted once, again after 15, 30 and 60 minutes while nobody acknowledges it, and when it is resolved", async () => {
    const { incidentLog } = await openIncidents();
    const result: string[] = [];
    for (const minutes of [0, 5, 14, 15, 20, 30, 59, 60, 200])
      result.push((await stages(incidentLog, [crash], minutes)).join());
    const again = "repeated, escalated";
    expect(result).toEqual(["opened", "", "", again, "", again, "", again, ""]);
    expect(await stages(incidentLog, [], 201)).toEqual(["resolved"]);
    expect(await stages(incidentLog, [], 202)).toEqual([]);
    expect(await stages(incidentLog, [crash], 203)).toEqual(["opened"]);
  });

  it("is not repeated once somebody has acknowledged it, or if it is a warning", async () => {
    const { incidentLog, store } = await openIncidents();
    const warning: Incident = { ...crash, id: "ring0-machine_silent-1", kind: "machine_silent" };
    expect(await stages(incidentLog, [crash, warning], 0)).toEqual(["opened", "opened"]);
    expect(await store.incidents.acknowledge(crash.id, SINCE)).toBe(true);
    expect(await store.incidents.acknowledge(crash.id, SINCE)).toBe(false);
    expect(await stages(incidentLog, [crash, warning], 61)).toEqual([]);
  });

  it("is alerted again as long as the alert reached nobody", async () => {
    const { incidentLog } = await openIncidents();
    expect(await incidentLog.due([crash], SINCE)).toHaveLength(1);
    expect(await incidentLog.due([crash], SINCE + 1)).toHaveLength(1);
  });

  it("is stored without alert channels too, so that it can be acknowledged and has its deadlines", async () => {
    const { store, evaluated } = await openIncidents();
    await storeEvents(store, [
      normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [{ kind: "crash", process: "main" }])),
    ]);
    const never = new AbortController().signal;
    const result = await alertIncidents(store, await evaluated(1), undefined, SINCE + HOUR_MS, never);
    expect(result).toEqual({ sent: 0, undelivered: 0 });
    expect(await store.incidents.open()).toMatchObject([{ kind: "crash", openedAt: SINCE + HOUR_MS, alertsSent: 0 }]);
  });

  it("reaches a real channel once", async () => {
    const { store, evaluated } = await openIncidents();
    await storeEvents(store, [
      normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [{ kind: "crash", process: "main" }])),
    ]);
    const sink = await webhookSink();
    const send = async () =>
      alertIncidents(store, await evaluated(1), alertingTo(sink.url), SINCE + HOUR_MS, new AbortController().signal);
    expect(await send()).toEqual({ sent: 1, undelivered: 0 });
    expect(await send()).toEqual({ sent: 0, undelivered: 0 });
    expect(sink.got.map(({ text }) => text.includes("crash"))).toEqual([true]);
  });
});
