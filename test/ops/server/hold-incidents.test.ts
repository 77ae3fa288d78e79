import { describe, expect, it, onTestFinished } from "vitest";
import { type GateName, type NormalizedEvent, readPolicy } from "../../../src-ops/gates/index.ts";
import { explainGate } from "../../../src-ops/gates/explain.ts";
import { gateOf } from "../../../src-ops/gates/gate.ts";
import { type AlertKind, ALERT_RULES, alertIncidents } from "../../../src-ops/server/index.ts";
import { messageOf } from "../../../src-ops/server/alerts/messages.ts";
import { assess } from "../../../src-ops/server/decisions/assess.ts";
import { auditDecisions } from "../../../src-ops/server/decisions/decision-log.ts";
import { gatesInNeed } from "../../../src-ops/server/decisions/gate-incidents.ts";
import { incidentsOf } from "../../../src-ops/server/decisions/incidents.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { LANGUAGES } from "../../../src-shared/languages.ts";
import { testId } from "../../fakes/test-keys.ts";
import { HOUR_MS, registerOf, SINCE } from "../gates/facts.ts";
import { normalizedAnswer, normalizedState, normalizedStep, RELEASE, stateOf } from "../gates/normalized-events.ts";
import { vaultctl } from "../support/vaultctl.ts";
import { alertingTo, webhookSink } from "./sinks.ts";
import { storeEvents } from "./store-events.ts";

const PILOTS = Array.from({ length: 4 }, (_, index) => testId(`pilot ${index}`));
const SIGNED = { seq: 1, basisPoints: 10_000, verdictHash: null, promotion: undefined };
const inRing1 = (event: NormalizedEvent): NormalizedEvent => ({ ...event, ring: "ring1" });
const kinds = Object.keys(ALERT_RULES) as AlertKind[];

/** Four pilots in ring1 who run the release, and the incidents at some hour after its beginning. */
async function openPilots() {
  const store = openSqliteStore(":memory:");
  onTestFinished(store.close);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  for (const machine of PILOTS) await store.enrol(machine, "ring1");
  const running = { ...RELEASE, ring: "ring1", buildEpoch: 1, isHalted: false, signed: SIGNED } as const;
  const at = (hours: number) => SINCE + hours * HOUR_MS;
  const evaluated = async (hours: number) => {
    const release = { ...running, offeredIn: [], unfinishedHalts: [] };
    return {
      rings: [await assess(store, release, policy.value, registerOf(), at(hours))],
      log: await auditDecisions(store.decisions),
    };
  };
  const incidents = async (hours: number) => {
    const { rings, log } = await evaluated(hours);
    return rings.flatMap((one) => incidentsOf(one, log));
  };
  const where = (pilot: number, hours: number, session = "s") => {
    return { machine: PILOTS[pilot] as string, session: `${session} ${hours}`, seq: 1, at: at(hours) };
  };
  const add = (...events: NormalizedEvent[]) => storeEvents(store, events.map(inRing1));
  const use = (hours: number, pilots = [0, 1, 2, 3]) =>
    add(...pilots.map((pilot) => normalizedState(where(pilot, hours), { ...stateOf("0.2.0", []), uptimeMs: HOUR_MS })));
  let answered = 0;
  const answer = (...scores: number[]) => {
    answered++;
    return add(...scores.map((score, pilot) => normalizedAnswer(where(pilot, 2, `answer ${answered}`), score)));
  };
  const kindsAt = async (hours: number) => (await incidents(hours)).map(({ kind }) => kind);
  return { store, evaluated, incidents, kindsAt, where, at, add, use, answer };
}

describe("a hold that waits for a person is an incident at the evaluation that sees it", () => {
  it.each([
    ["one pilot gives 0 and three give 9", [0, 9, 9, 9]],
    ["one pilot gives 5 before the others answer", [5]],
    ["all answer, and the median is too low", [7, 7, 7, 9]],
  ])("%s", async (_name, scores) => {
    const { use, answer, incidents } = await openPilots();
    await use(1);
    expect((await incidents(2)).map(({ kind }) => kind)).toEqual([]);
    await answer(...scores);
    const found = await incidents(2.01);
    expect(found.map(({ kind }) => kind)).toEqual(["score_low"]);
    expect(found[0]?.detail).toContain(scores.join(", "));
  });

  it("pilots who have not answered, 48 hours after the ring began", async () => {
    const { use, answer, kindsAt } = await openPilots();
    await use(1);
    await answer(9, 9);
    await use(47);
    expect([await kindsAt(47.9), await kindsAt(48)]).toEqual([[], ["pilots_silent"]]);
    await answer(9, 9, 9, 9);
    expect(await kindsAt(48.1)).toEqual([]);
  });

  it("downtime", async () => {
    const { add, where, kindsAt } = await openPilots();
    const hung = { ...stateOf("0.2.0", []), uptimeMs: HOUR_MS, downMs: HOUR_MS / 10 };
    await add(normalizedState(where(0, 1), hung));
    expect(await kindsAt(1.1)).toEqual(["downtime"]);
  });

  it("a support request that was not solved in time", async () => {
    const { store, use, kindsAt, at } = await openPilots();
    await use(1);
    await store.setTicket("T-1", "ring1", at(1), undefined);
    expect(await kindsAt(24.9)).toEqual([]);
    expect(await kindsAt(25.1)).toEqual(["ticket_open"]);
    await store.setTicket("T-1", "ring1", at(1), at(25));
    expect(await kindsAt(25.2)).toEqual([]);
  });

  it("a computer that installed the release a day ago and never started it, by name", async () => {
    const { add, use, where, incidents } = await openPilots();
    await use(1, [0, 1, 2]);
    await add(normalizedStep(where(3, 1, "step"), "installed"));
    expect(await incidents(24.9)).toEqual([]);
    const [found, ...others] = await incidents(25);
    expect([found?.kind, others]).toEqual(["computer_unheard", []]);
    expect(found?.detail).toContain(PILOTS[3]?.slice(0, 6));
  });

  it("all computers fall silent, without waiting for the longest time", async () => {
    const { use, kindsAt } = await openPilots();
    await use(1);
    await use(20);
    expect(await kindsAt(90)).not.toContain("machine_silent");
    expect(await kindsAt(93)).toContain("machine_silent");
  });

  it("failures that chance does not explain", async () => {
    const { add, where, kindsAt, incidents } = await openPilots();
    const state = stateOf("0.2.0", []);
    const operations = (ok: number, failed: number) => ({
      ...state,
      uptimeMs: HOUR_MS,
      operations: { ...state.operations, seek: { ok, failed } },
    });
    await add(normalizedState(where(0, 1), operations(999, 1)));
    expect(await kindsAt(1.1)).toEqual([]);
    await add(normalizedState(where(0, 2), operations(900, 12)));
    const found = await incidents(2.1);
    expect(found.map(({ kind }) => kind)).toEqual(["high_error_rate", "computer_outlier"]);
    expect(found[1]?.detail).toContain(PILOTS[0]?.slice(0, 6));
  });

  it.each<[GateName, AlertKind | undefined]>([
    ["time", undefined],
    ["exposure", undefined],
    ["starts", undefined],
    ["adoption", undefined],
    ["outliers", "computer_outlier"],
    ["crashes", "crash"],
    ["crashrate", "crash"],
    ["sequential", "high_error_rate"],
    ["surge", "high_error_rate"],
    ["availability", "high_error_rate"],
    ["errorchange", "worse_than_before"],
    ["crashchange", "worse_than_before"],
    ["startchange", "worse_than_before"],
    ["verdictchange", "worse_than_before"],
    ["memorychange", "worse_than_before"],
    ["memory", "performance_degradation"],
    ["uptime", "downtime"],
    ["tickets", "ticket_open"],
  ])("a hold of %s opens %s", async (gate, kind) => {
    const { evaluated } = await openPilots();
    const { rings } = await evaluated(1);
    const [assessment] = rings;
    if (!assessment) throw new Error("nothing was assessed");
    const [value, limit] = gate === "uptime" ? [0.9, 0.999] : gate === "starts" ? [0.01, 0.05] : [40, 20];
    const held = explainGate(gateOf(gate, "hold", gate === "starts" ? "share" : "evidence", value, limit));
    const passed = explainGate(gateOf(gate, "pass", "evidence", 1, 20));
    expect([...gatesInNeed({ ...assessment, gates: [held] }).keys()]).toEqual(kind === undefined ? [] : [kind]);
    expect([...gatesInNeed({ ...assessment, gates: [passed] }).keys()]).toEqual([]);
  });

  it("says by how much a release is worse than the version before", async () => {
    const { evaluated } = await openPilots();
    const { rings, log } = await evaluated(1);
    const change = { before: 0.0001, now: 0.0009, ratio: 9 };
    const gate = explainGate(gateOf("errorchange", "hold", "evidence", 40, 20, { change }));
    const details = (language: "en" | "fr") =>
      rings
        .flatMap((one) => incidentsOf({ ...one, gates: [gate] }, log, language))
        .map(({ detail }) => detail.replaceAll(/[\u00a0\u202f]/g, " "));
    expect(details("en")).toEqual(["Failures rose from 0.01% to 0.09%: 9 times as many."]);
    expect(details("fr")).toEqual(["Les échecs passent de 0,01 % à 0,09 % : 9 fois plus."]);
  });

  it("an observation that goes on after its planned end", async () => {
    const { use, answer, kindsAt } = await openPilots();
    await use(1);
    await use(160);
    await answer(9, 9, 9, 9);
    expect([await kindsAt(167), await kindsAt(168)]).toEqual([[], ["observation_extended"]]);
  });
});

describe("such an incident", () => {
  it("is alerted once, and once more when the hold ends, with who does what by when", async () => {
    const { store, use, answer, evaluated, at } = await openPilots();
    const sink = await webhookSink();
    const look = async (hours: number) => {
      const signal = new AbortController().signal;
      const { slack, ...config } = alertingTo(sink.url);
      const alerting = { ...config, slack: { ...slack, warning: { name: "#warnings", url: sink.url } } };
      await alertIncidents(store, await evaluated(hours), alerting, at(hours), signal);
      return sink.got.splice(0).map(({ text }) => text);
    };
    await use(1);
    await answer(0, 9, 9, 9);
    const [text = "", ...others] = await look(2.1);
    expect(others).toEqual([]);
    expect(text).toContain("[WARNING] ring1 0.2.0: A pilot gave a low score");
    expect(text).toContain("Scores so far: 0, 9, 9, 9; none may be below 6.");
    // The policy wants an incident among pilots evaluated within four hours.
    const until = new Date(at(6.1)).toISOString();
    expect(text).toContain(`Who: contact of the pilots\nBy: ${until}\nNext: vaultctl ring report --out rings.html`);
    expect(await look(2.2)).toEqual([]);
    await answer(8, 9, 9, 9);
    expect(await look(2.3)).toEqual([expect.stringContaining("(resolved)")]);
    expect(await look(2.4)).toEqual([]);
  });

  it("about a second computer is alerted too, after somebody has taken on the first", async () => {
    const { store, use, add, where, evaluated, at } = await openPilots();
    await use(1, [0, 1]);
    await add(normalizedStep(where(2, 1, "step"), "installed"), normalizedStep(where(3, 9, "step"), "installed"));
    const look = async (hours: number) => {
      await alertIncidents(store, await evaluated(hours), undefined, at(hours), new AbortController().signal);
      return (await store.incidents.open()).filter(({ kind }) => kind === "computer_unheard");
    };
    const [first, ...none] = await look(26);
    expect([first?.detail, none]).toEqual([PILOTS[2]?.slice(0, 6), []]);
    await store.incidents.acknowledge(first?.id ?? "", at(27));
    const both = await look(34);
    expect([both.length, both.filter(({ acknowledgedAt }) => acknowledgedAt === null).length]).toEqual([2, 1]);
  });

  it("is described in the language of the alerts", async () => {
    const { use, answer, evaluated } = await openPilots();
    await use(1);
    await answer(0, 9, 9, 9);
    const { rings, log } = await evaluated(2.1);
    const details = rings.flatMap((one) => incidentsOf(one, log, "fr")).map(({ detail }) => detail);
    expect(details).toEqual(["Notes reçues : 0, 9, 9, 9 ; aucune ne doit être sous 6."]);
  });

  it.each(kinds)("of kind %s says who acts, in both languages, also in an SMS", (kind) => {
    const about = { incident: "ring1-x-1", stage: "opened", ring: "ring1", version: "1.0.0", at: 0 } as const;
    const alert = { ...about, kind, detail: "", escalated: false, evaluatedHours: null } as const;
    const { owner, hours, command } = ALERT_RULES[kind];
    for (const language of LANGUAGES) {
      const { body, short } = messageOf(alert, "critical", language);
      const [who, by, next] = language === "en" ? ["Who: ", "By: ", "Next: "] : ["Qui: ", "Avant le: ", "Ensuite: "];
      expect(body).toContain(who);
      expect([body.includes(by), body.includes(next)]).toEqual([hours !== null, command !== null]);
      expect(short.length).toBeLessThanOrEqual(160);
      expect(short).toMatch(/ring1-x-1$/);
    }
    expect(owner.length).toBeGreaterThan(3);
  });

  it("names only commands that exist", async () => {
    const commands = new Set(kinds.flatMap((kind) => ALERT_RULES[kind].command ?? []));
    for (const command of commands) {
      const [, group = "", name = "", ...rest] = command.split(" ");
      const { stdout } = await vaultctl([group, name, "--help"]);
      expect(stdout, command).toContain(`Usage: vaultctl ${group} ${name}`);
      for (const option of rest.filter((word) => word.startsWith("--"))) expect(stdout, command).toContain(option);
    }
  });
});
