import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  ALERT_KINDS,
  type AlertKind,
  auditDecisions,
  deadlinesOf,
  logDecision,
  RING_DATABASE,
} from "../../../src-ops/server/index.ts";
import { taskOf } from "../../../src-ops/server/alerts/index.ts";
import { createIncidentLog } from "../../../src-ops/server/decisions/incident-log.ts";
import type { Decision } from "../../../src-ops/server/decisions/decision-log.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { lateIncidents } from "../../../src-ops/server/decisions/deadlines.ts";
import type { Incident } from "../../../src-ops/server/decisions/incidents.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { HOUR_MS, SINCE } from "../gates/facts.ts";
import { refusal, succeed } from "../support/vaultctl.ts";

const RINGS = [
  { ring: "ring0", version: "0.3.0", deadlines: null },
  { ring: "ring1", version: "0.2.0", deadlines: { evaluatedHours: 4, decidedHours: 24 } },
] as const;
const CRASH: Incident = { id: "ring1-crash-1", kind: "crash", ring: "ring1", version: "0.2.0", detail: "1 against 0" };

/** A store with an incident: a pilot's app crashed at SINCE. */
async function openIncidents(...more: Incident[]) {
  const data = temporaryFolder();
  const store = openSqliteStore(join(data, RING_DATABASE));
  onTestFinished(store.close);
  const incidentLog = createIncidentLog(store, (kind: AlertKind) => ALERT_KINDS[kind]);
  const known = [CRASH, ...more];
  await store.incidents.upsert(known, SINCE);
  for (const { id } of known) await store.incidents.setAlertsSent(id, 9);
  const log = () => auditDecisions(store.decisions);
  const late = async (hours: number) =>
    lateIncidents(await store.incidents.open(), RINGS, await log(), SINCE + hours * HOUR_MS);
  const decide = (decision: Decision, hours: number) => logDecision(store.decisions, SINCE + hours * HOUR_MS, decision);
  const alerts = async (hours: number) => {
    const due = await incidentLog.due([...known, ...(await late(hours))], SINCE + hours * HOUR_MS);
    for (const { done } of due) await done();
    return due.map(({ alert }) => `${alert.kind} ${alert.stage}${alert.escalated ? ", escalated" : ""}`);
  };
  const ids = async (hours: number) => (await late(hours)).map(({ id }) => id);
  return { data, store, log, ids, decide, alerts };
}

const about = { ring: "ring1", build: "0.2.0-abc" } as const;

describe("the deadlines of an incident among pilots (R-31)", () => {
  it("are four hours for the evaluation and a day for the decision, from its beginning", async () => {
    const { store, log } = await openIncidents();
    expect(deadlinesOf(await store.incidents.open(), RINGS, await log())).toEqual([
      { incident: CRASH.id, ring: "ring1", what: "evaluated", until: SINCE + 4 * HOUR_MS, doneAt: null },
      { incident: CRASH.id, ring: "ring1", what: "decided", until: SINCE + 24 * HOUR_MS, doneAt: null },
    ]);
  });

  it("are alerted when they are missed, to the escalation list at once, and repeatedly", async () => {
    const { ids, alerts } = await openIncidents();
    expect([await ids(3.99), await ids(4)]).toEqual([[], [`${CRASH.id}-not_evaluated`]]);
    expect(await alerts(3.99)).toEqual([]);
    expect(await alerts(4)).toEqual(["deadline_missed opened, escalated"]);
    expect(await alerts(4.1)).toEqual([]);
    expect(await alerts(4.25)).toEqual(["deadline_missed repeated, escalated"]);
    expect(await ids(24)).toEqual([`${CRASH.id}-not_evaluated`, `${CRASH.id}-not_decided`]);
  });

  it("name the incident in the command that ends them", () => {
    const { command } = taskOf("deadline_missed", "ring1", `${CRASH.id}-not_decided`, 0, null);
    expect(command).toBe(`vaultctl ring decide ${CRASH.id}`);
  });

  it("are met by an acknowledgement, which is only an evaluation, and by a decision, which is both", async () => {
    const { store, ids, alerts, decide } = await openIncidents();
    await alerts(4);
    await store.incidents.acknowledge(CRASH.id, SINCE + 5 * HOUR_MS);
    expect(await ids(5)).toEqual([]);
    expect(await alerts(5)).toEqual(["deadline_missed resolved"]);
    expect(await ids(24)).toEqual([`${CRASH.id}-not_decided`]);
    const entered = {
      ...about,
      incident: CRASH.id,
      decision: "keep",
      reason: "A display driver",
      by: "ann.lee",
    } as const;
    await decide({ kind: "incident-decided", ...entered, incident: "ring1-crash-2" }, 25);
    expect(await ids(25)).toEqual([`${CRASH.id}-not_decided`]);
    await decide({ kind: "incident-decided", ...entered }, 26);
    expect(await ids(26)).toEqual([]);
  });

  it.each<[string, Decision]>([
    ["a halt", { kind: "halt-by-hand", ...about, reason: "Crashes", by: "ann.lee" }],
    ["another build in the ring", { kind: "watch", ...about, version: "0.1.0", since: SINCE + HOUR_MS }],
  ])("are met by %s", async (_name, decision) => {
    const { ids, decide } = await openIncidents();
    await decide(decision, 1);
    expect(await ids(24)).toEqual([]);
  });

  it.each<[string, Decision]>([
    ["a halt of another ring", { kind: "halt-by-hand", ...about, ring: "ga", reason: "x", by: "ann.lee" }],
    ["a halt that failed", { kind: "halt-failed", ...about, code: "NOT_SIGNED" }],
    [
      "an observation that began before the incident",
      { kind: "watch", ...about, version: "0.2.0", since: SINCE - HOUR_MS },
    ],
  ])("are not met by %s", async (_name, decision) => {
    const { ids, decide } = await openIncidents();
    await decide(decision, 1);
    expect(await ids(24)).toHaveLength(2);
  });

  it("are not met by a restored backup, nor by the observation that starts again after it", async () => {
    const { ids, decide } = await openIncidents();
    await decide({ kind: "restored", ...about, reason: "The disk broke" }, 1);
    await decide({ kind: "watch", ...about, version: "0.2.0", since: SINCE + HOUR_MS }, 2);
    expect(await ids(24)).toHaveLength(2);
  });

  it("do not exist for rings without deadlines, informational incidents and missed deadlines", async () => {
    const { store, log } = await openIncidents(
      { ...CRASH, id: "ring0-crash-1", ring: "ring0" },
      { ...CRASH, id: "ring1-ring_progression-1", kind: "ring_progression" },
      { ...CRASH, id: "ring1-decision_due-1", kind: "decision_due" },
    );
    const of = deadlinesOf(await store.incidents.open(), RINGS, await log()).map(({ incident }) => incident);
    expect(of).toEqual([CRASH.id, CRASH.id]);
  });
});

describe("vaultctl ring decide", () => {
  it("records what people decided, with their name and a reason", async () => {
    const { data, log } = await openIncidents();
    const options = ["--decision", "keep", "--reason", "A display driver", "--by", "ann.lee", "--data", data];
    await succeed(["ring", "decide", CRASH.id, ...options]);
    expect((await log()).decisions.at(-1)?.decision).toMatchObject({
      kind: "incident-decided",
      incident: CRASH.id,
      decision: "keep",
      reason: "A display driver",
      by: "ann.lee",
    });
    expect(await refusal(["ring", "decide", "ring1-crash-9", ...options])).toBe("INCIDENT_UNKNOWN");
    expect(await refusal(["ring", "decide", CRASH.id, ...options.slice(2)])).toBe("USAGE");
  });
});
