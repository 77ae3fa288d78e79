import { describe, expect, it } from "vitest";
import { testKey } from "../../fakes/test-keys.ts";
import { createPilot, type Pilot } from "../../fakes/pilot.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { auditDecisions, watchOnce } from "../../../src-ops/server/index.ts";
import {
  ENROL_HEADER,
  ENROLMENT_PROFILE,
  ERASE_PATH,
  eventIdOf,
  LOGS_PATH,
  SIGNED_AT_HEADER,
  type SessionChange,
  type TelemetryEvent,
} from "../../../src-shared/telemetry/index.ts";
import { DEVICE, signToken } from "../../fakes/issuer.ts";
import { testSeed } from "../../fakes/test-keys.ts";
import { type MetricsFixture, openMetricsFixture } from "./metrics-fixture.ts";

const DAY_MS = 86_400_000;
const played: SessionChange = { kind: "operation", operation: "play", succeeded: true };
const failed: SessionChange = { kind: "operation", operation: "play", succeeded: false };
const crashed: SessionChange = { kind: "crash", process: "main" };

/** A ring0 with one honest computer that has sent events. */
async function openRing() {
  const fixture = await openMetricsFixture();
  const honest = createPilot("honest", Date.now() - 60_000);
  const response = await honest.send(fixture.url, [honest.stateEvent(30_000, played, failed)], 30_000);
  expect(response.status).toBe(200);
  const totals = () => fixture.store.totals("ring0", "0.2.0", 0);
  const evaluate = async () => {
    const assessed = await watchOnce(fixture.ports);
    if (!assessed.ok) throw new Error(assessed.error.message);
    const [ring0] = assessed.value.rings;
    return { verdict: ring0?.verdict, halt: ring0?.halt, isHalted: ring0?.isHalted };
  };
  return { ...fixture, honest, totals, evaluate };
}

type Attack = {
  readonly name: string;
  /** Resolves with the statuses of all responses. */
  readonly act: (fixture: MetricsFixture & { honest: Pilot }) => Promise<readonly number[]>;
  readonly statuses: readonly number[];
};

const statusesOf = async (answers: readonly Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

function crashBy(pilot: Pilot): Uint8Array<ArrayBuffer> {
  return pilot.bodyOf([pilot.stateEvent(40_000, crashed)], 40_000);
}

const ATTACKS: readonly Attack[] = [
  {
    name: "a forged enrolment",
    statuses: [401],
    act({ url }) {
      const thief = createPilot("thief", Date.now());
      const body = crashBy(thief);
      const [, claims = ""] = thief.token.split(".");
      const forged = signToken(
        ENROLMENT_PROFILE.typ,
        JSON.parse(Buffer.from(claims, "base64url").toString()),
        testKey("thief", "telemetry-enrolment"),
      );
      return statusesOf([
        thief.post(url, LOGS_PATH, body, { ...thief.headersOf(url, LOGS_PATH, body), [ENROL_HEADER]: forged }),
      ]);
    },
  },
  {
    name: "a token of another type, signed with a genuine key",
    statuses: [401],
    act({ url }) {
      const thief = createPilot("thief", Date.now());
      const body = crashBy(thief);
      const token = signToken(
        "uvv-license+jws",
        { v: 1, pid: thief.pid, device: DEVICE },
        testKey("enrolment-1", "telemetry-enrolment"),
      );
      return statusesOf([
        thief.post(url, LOGS_PATH, body, { ...thief.headersOf(url, LOGS_PATH, body), [ENROL_HEADER]: token }),
      ]);
    },
  },
  {
    name: "another computer's enrolment, stolen without its key",
    statuses: [401],
    act({ url, honest }) {
      const thief = createPilot("thief", Date.now());
      const body = honest.bodyOf([thief.stateEvent(40_000, crashed)], 40_000);
      return statusesOf([
        thief.post(url, LOGS_PATH, body, { ...thief.headersOf(url, LOGS_PATH, body), [ENROL_HEADER]: honest.token }),
      ]);
    },
  },
  {
    name: "an enrolled computer that sends events of another one",
    statuses: [401],
    act({ url, honest }) {
      const liar = createPilot("liar", Date.now());
      const body = liar.bodyOf([liar.stateEvent(40_000, crashed)], 40_000, { "service.instance.id": honest.pid });
      return statusesOf([liar.post(url, LOGS_PATH, body)]);
    },
  },
  {
    name: "an enrolment that ended yesterday",
    statuses: [401],
    async act({ url }) {
      const gone = createPilot("gone", Date.now() - 91 * DAY_MS);
      return statusesOf([gone.post(url, LOGS_PATH, crashBy(gone))]);
    },
  },
  {
    name: "a signature for another path, replayed to the erasure route",
    statuses: [401],
    act({ url, honest }) {
      const body = utf8(JSON.stringify({ v: 1, pid: honest.pid, at: Date.now() }));
      return statusesOf([honest.post(url, ERASE_PATH, body, honest.headersOf(url, LOGS_PATH, body))]);
    },
  },
  {
    name: "batches that were signed for another server",
    statuses: [401, 401, 401],
    act({ url, honest }) {
      const body = crashBy(honest);
      const others = ["https://other.example.org", `${url}/`, ""];
      return statusesOf(
        others.map((other) => honest.post(url, LOGS_PATH, body, honest.headersOf(other, LOGS_PATH, body))),
      );
    },
  },
  {
    name: "a batch that was held back for 16 minutes, or is from the future",
    statuses: [401, 401],
    act({ url, honest }) {
      const body = crashBy(honest);
      const times = [-16, 16].map((minutes) => Date.now() + minutes * 60_000);
      return statusesOf(
        times.map((at) => honest.post(url, LOGS_PATH, body, honest.headersOf(url, LOGS_PATH, body, at))),
      );
    },
  },
  {
    name: "a batch whose time was changed, removed or written otherwise",
    statuses: [401, 401, 401, 401, 401],
    act({ url, honest }) {
      const body = crashBy(honest);
      const old = honest.headersOf(url, LOGS_PATH, body, Date.now() - 3_600_000);
      const times = [String(Date.now()), "", "1e15", "-1", `0${Date.now()}`];
      return statusesOf(times.map((at) => honest.post(url, LOGS_PATH, body, { ...old, [SIGNED_AT_HEADER]: at })));
    },
  },
  {
    name: "erasures that were captured: an hour ago, and on the way to another server",
    statuses: [401, 401],
    act({ url, honest }) {
      const body = utf8(JSON.stringify({ v: 1, pid: honest.pid, at: Date.now() }));
      const captured = [
        honest.headersOf(url, ERASE_PATH, body, Date.now() - 3_600_000),
        honest.headersOf("https://other.example.org", ERASE_PATH, body),
      ];
      return statusesOf(captured.map((headers) => honest.post(url, ERASE_PATH, body, headers)));
    },
  },
  {
    name: "deeply nested JSON",
    statuses: [400, 400],
    act: ({ url, honest }) =>
      statusesOf(["[", '{"a":'].map((open) => honest.post(url, LOGS_PATH, utf8(open.repeat(150_000))))),
  },
  {
    name: "bytes that are not text, and an empty body",
    statuses: [400, 400],
    act: ({ url, honest }) =>
      statusesOf(
        [new Uint8Array([0xff, 0xfe, 0, 1]), new Uint8Array()].map((body) => honest.post(url, LOGS_PATH, body)),
      ),
  },
  {
    name: "a computer without enrolment that reports crashes",
    statuses: [200],
    act({ url }) {
      const stranger = createPilot("stranger", Date.now());
      return statusesOf([stranger.post(url, LOGS_PATH, crashBy(stranger), { "Content-Type": "application/json" })]);
    },
  },
];

describe("a hostile sender", () => {
  it(`changes nothing in a ring with any of ${ATTACKS.length} attacks`, async () => {
    const fixture = await openRing();
    const before = await fixture.totals();
    for (const { name, act, statuses } of ATTACKS) {
      expect(await act(fixture), name).toEqual(statuses);
      expect(await fixture.totals(), name).toEqual(before);
      expect(await fixture.evaluate(), name).toEqual({ verdict: "inconclusive", halt: false, isHalted: false });
    }
    const { honest, url } = fixture;
    expect((await honest.send(url, [honest.stateEvent(50_000, played)], 50_000)).status).toBe(200);
    expect((await fixture.totals()).operations).toBe(before.operations + 1);
  });

  it("adds nothing with many repeated, shuffled and overlapping batches", async () => {
    const { url, honest, totals, metrics } = await openRing();
    const before = await totals();
    const events = Array.from({ length: 20 }, (_, index) => honest.stateEvent(31_000 + index * 100, played));
    const batches = Array.from({ length: 120 }, (_, index) => {
      const from = (index * 7) % events.length;
      const some = [...events.slice(from), ...events.slice(0, from)].slice(0, 1 + (index % events.length));
      return index % 2 === 0 ? some : some.toReversed();
    });
    const statuses = await statusesOf(batches.map((batch) => honest.send(url, batch, 40_000)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await honest.send(url, events, 40_000);
    const after = await totals();
    expect([after.operations - before.operations, after.failed - before.failed]).toEqual([20, 0]);
    const sent = batches.flat().length + events.length;
    expect(await metrics()).toContain(`ingest_events_total{result="duplicates"} ${sent - events.length}\n`);
  });

  it("is counted at the server's own time, however wrong its clock is", async () => {
    const { url, store, totals, evaluate } = await openRing();
    for (const days of [-3_650, -5, 5, 3_650]) {
      const before = await totals();
      const now = Date.now();
      // Enrolled by our clock, but its events have the times of its own clock.
      const name = `wrong by ${days}`;
      const [enrolled, wrong] = [createPilot(name, now), createPilot(name, now + days * DAY_MS)];
      const body = wrong.bodyOf([wrong.stateEvent(10_000, played), wrong.stateEvent(20_000, played)], 20_000);
      expect((await enrolled.post(url, LOGS_PATH, body)).status, name).toBe(200);
      const after = await totals();
      expect(after.operations - before.operations, name).toBe(2);
      expect(await store.totals("ring0", "0.2.0", now - 600_000), name).toEqual(after);
      expect((await store.totals("ring0", "0.2.0", now + 600_000)).operations, name).toBe(0);
    }
    expect((await evaluate()).halt).toBe(false);
  });

  it("cannot hide the failures of others behind huge numbers", async () => {
    const { url, totals, evaluate } = await openRing();
    const liar = createPilot("liar", Date.now() - 60_000);
    const most = Number.MAX_SAFE_INTEGER;
    const lies = Array.from({ length: 40 }, (_, index): TelemetryEvent => {
      const event = liar.stateEvent(10_000 + index);
      if (event.kind !== "session") throw new Error("a state is a session's");
      const session = eventIdOf(event.at, testSeed(`lie ${index}`).subarray(0, 10));
      const many = { ok: most, failed: 0 };
      const operations = { start: many, verdict: many, unlock: many, play: many, seek: many };
      return { ...event, session, state: { ...event.state, uptimeMs: most, downMs: 0, operations } };
    });
    expect((await liar.send(url, lies, 20_000)).status).toBe(200);
    expect((await totals()).operations).toBeLessThanOrEqual(most);
    expect((await evaluate()).halt).toBe(false);
    const witness = createPilot("witness", Date.now() - 60_000);
    await witness.send(url, [witness.stateEvent(30_000, crashed)], 30_000);
    expect(await evaluate()).toMatchObject({ verdict: "fail", halt: true });
  });

  it("causes an alert but no halt with licenses that it has edited on purpose", async () => {
    const { url, store, ports, evaluate, metrics, publisher } = await openRing();
    const tamperer = createPilot("tamperer", Date.now() - 60_000);
    const at = Date.now() - 1_000;
    const findings = Array.from({ length: 25 }, (_, index): TelemetryEvent => ({
      v: 1,
      id: eventIdOf(at, testSeed(`finding ${index}`).subarray(0, 10)),
      session: tamperer.session,
      seq: 100 + index,
      at,
      up: 59_000,
      kind: "security",
      finding: {
        what: index % 2 === 0 ? "signature" : "rollback",
        subject: "license",
        code: "SIGNATURE_INVALID",
        artefact: Buffer.from(testSeed(`edited ${index}`)).toString("hex"),
      },
    }));
    expect((await tamperer.send(url, findings, 60_000)).status).toBe(200);
    expect(await evaluate()).toEqual({ verdict: "inconclusive", halt: false, isHalted: false });
    const text = await metrics();
    expect(text).toMatch(/incidents_open\{.*kind="tamper_suspected"\} 1/);
    expect(text).toMatch(/suspected_refusals\{.*\} 25/);
    expect(text).toMatch(/gate\{.*gate="security",outcome="pass"\} 1/);
    const { decisions } = await auditDecisions(store.decisions);
    expect(decisions.filter(({ decision }) => decision.kind.startsWith("halt"))).toEqual([]);
    const { rings } = await publisher.feed<{ rings: Record<string, { halt?: object }> }>("status");
    expect(rings["ring0"]?.halt).toBeUndefined();
    expect(ports.feed.repo).toBe(publisher.repo);
  });
});
