import { describe, expect, it, onTestFinished } from "vitest";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { type AlertKind, ALERT_KINDS } from "../../../src-ops/server/index.ts";
import { messageOf } from "../../../src-ops/server/alerts/messages.ts";
import { assess } from "../../../src-ops/server/decisions/assess.ts";
import { auditDecisions, logDecision } from "../../../src-ops/server/decisions/decision-log.ts";
import { lateIncidents } from "../../../src-ops/server/decisions/deadlines.ts";
import { type Incident, incidentsOf } from "../../../src-ops/server/decisions/incidents.ts";
import { serviceIncidents } from "../../../src-ops/server/decisions/service-incidents.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import type { Language } from "../../../src-shared/languages.ts";
import { HOUR_MS, registerOf, SINCE } from "../gates/facts.ts";
import { MACHINES, normalizedFinding, normalizedState, RELEASE, stateOf } from "../gates/normalized-events.ts";
import { storeEvents } from "./store-events.ts";

const GENUINE = "a".repeat(64);
const SIGNED = { seq: 1, basisPoints: 10_000, verdictHash: null, promotion: undefined };
// Words that the other language does not have. Commands, codes, names and dates are neither.
const ENGLISH =
  /\b(the|of|and|by|had|has|was|were|is|are|not|since|still|it|with|end|ends|gates?|computers?|halted|must|be)\b/i;
const FRENCH = /\b(le|la|les|des|du|et|par|pour|est|sont|pas|depuis|encore|avec|ordinateurs?|arrêtée?)\b/i;

/** Every incident of a release in which all has gone wrong. */
async function incidentsIn(language: Language): Promise<readonly Incident[]> {
  const store = openSqliteStore(":memory:");
  onTestFinished(store.close);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  const failures = Array.from(
    { length: 9 },
    () => ({ kind: "operation", operation: "seek", succeeded: false }) as const,
  );
  const where = (seq: number, session = "a") => ({ session, seq, at: SINCE });
  await storeEvents(store, [
    normalizedState(where(1), stateOf("0.2.0", [{ kind: "crash", process: "main" }, ...failures])),
    normalizedFinding(where(2), "b".repeat(64)),
    normalizedFinding(where(3), GENUINE),
  ]);
  await store.recordProbe("feed", SINCE, false);
  const reason = "crashes: 1 crash. surge: 9 of 10 operations failed";
  const about = { ring: "ring0", build: RELEASE.build } as const;
  await logDecision(store.decisions, SINCE, { kind: "halt", ...about, reason, policyHash: "a".repeat(64) });
  const found: Incident[] = [];
  for (const isHalted of [false, true]) {
    const unfinishedHalts = [{ build: RELEASE.build, reason: "", rings: ["ga"] as const }];
    const running = { ...RELEASE, buildEpoch: 1, isHalted, signed: SIGNED, offeredIn: [], unfinishedHalts };
    const rings = [
      await assess(
        store,
        running,
        policy.value,
        registerOf((hash) => hash === GENUINE),
        SINCE + 200 * HOUR_MS,
      ),
    ];
    const log = await auditDecisions(store.decisions);
    found.push(...rings.flatMap((one) => incidentsOf(one, log, language)));
    found.push(...rings.flatMap((one) => incidentsOf({ ...one, timeIsUp: true }, log, language)));
    found.push(
      ...rings.flatMap((one) =>
        incidentsOf({ ...one, gates: one.gates.filter(({ outcome }) => outcome !== "halt") }, log, language),
      ),
    );
    await store.incidents.upsert(found, SINCE);
    const open = await store.incidents.open();
    const ring1 = { ring: "ring0", version: "0.2.0", deadlines: { evaluatedHours: 4, decidedHours: 24 } } as const;
    found.push(...lateIncidents(open, [ring1], { ...log, decisions: [] }, SINCE + 200 * HOUR_MS, language));
    const problems = {
      refused: [{ setting: "alerts", file: "alerts.json", members: ["email.from"] } as const],
      expiring: [
        { kind: "role", role: "timestamp", until: 1_800_000_000 } as const,
        { kind: "enrolments", count: 2, until: 1_800_000_000 } as const,
      ],
    };
    found.push(...serviceIncidents(problems, rings, language));
  }
  return found;
}

function textOf(incident: Incident, language: Language): string {
  const { id, kind, ring, version, detail } = incident;
  const facts = { incident: id, stage: "repeated", at: 1_800_000_000, escalated: true, evaluatedHours: null } as const;
  const { subject, body, short } = messageOf({ ...facts, kind, ring, version, detail }, "critical", language);
  // Commands and addresses are the same in both languages.
  const prose = body.split("\n").filter((line) => !/vaultctl|docs\/rings/.test(line));
  return [subject, ...prose, short].join("\n").replaceAll(id, "");
}

describe("an alert", () => {
  it.each([
    ["fr", ENGLISH],
    ["en", FRENCH],
  ] as const)("is written in %s alone", async (language, foreign) => {
    const incidents = await incidentsIn(language);
    const kinds = new Set(incidents.map(({ kind }) => kind));
    for (const kind of [
      "crash",
      "signature_error",
      "ring_halted",
      "halt_incomplete",
      "decision_due",
      "deadline_missed",
      "expiring",
    ] as const)
      expect(kinds).toContain(kind);
    for (const incident of incidents) {
      const text = textOf(incident, language);
      expect([incident.kind, foreign.exec(text)?.[0], text]).toEqual([incident.kind, undefined, text]);
    }
  });

  it("is so for every kind, whatever its detail", () => {
    for (const kind of Object.keys(ALERT_KINDS) as AlertKind[]) {
      const incident = { id: "i", kind, ring: "ring0", version: "1.0.0", detail: "" } as const;
      expect(textOf(incident, "fr")).not.toMatch(ENGLISH);
      expect(textOf(incident, "en")).not.toMatch(FRENCH);
    }
  });

  it("links to its runbook at the address that is given", () => {
    const alert = {
      incident: "i",
      kind: "crash",
      stage: "opened",
      ring: "ring0",
      version: "1",
      at: 0,
      detail: "",
    } as const;
    const rest = { escalated: false, evaluatedHours: null };
    const { body } = messageOf({ ...alert, ...rest }, "critical", "en", "https://docs.example.org/runbooks");
    expect(body).toContain("Runbook: https://docs.example.org/runbooks/crash.md");
  });
});
