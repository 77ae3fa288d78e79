import { describe, expect, it, onTestFinished } from "vitest";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import type { RegisterEntry } from "../../../src-ops/register/index.ts";
import { createServerHealth, startRingServer } from "../../../src-ops/server/index.ts";
import { assess } from "../../../src-ops/server/decisions/assess.ts";
import { auditDecisions } from "../../../src-ops/server/decisions/decision-log.ts";
import { incidentsOf } from "../../../src-ops/server/decisions/incidents.ts";
import { computersIn } from "../../../src-ops/server/decisions/known-artefacts.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { eventIdOf, type SessionState, type TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import { createPilot, enrolmentIssuer, type Pilot } from "../../fakes/pilot.ts";
import { testSeed } from "../../fakes/test-keys.ts";
import { DAY_MS, HOUR_MS } from "../gates/facts.ts";
import { RELEASE } from "../gates/normalized-events.ts";

// Everything goes through the real server, over HTTP, with real enrolments and signatures: these senders are enrolled
// computers, and each of them says what it wants. The policy is the one that ships; GA needs three computers to halt.

const MOST = Number.MAX_SAFE_INTEGER;
const SESSION_MS = 6 * HOUR_MS;

async function openGa(register: readonly RegisterEntry[] = []) {
  const store = openSqliteStore(":memory:");
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const began = Date.now() - 2 * DAY_MS;
  const { url, stop } = await startRingServer({
    store,
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    now: Date.now,
    note: () => undefined,
    ticketToken: () => undefined,
    alsoServe: [],
    health: createServerHealth(Date.now(), { isWatching: true }),
    report: (_source: string, error: unknown) => {
      throw error;
    },
  });
  onTestFinished(stop);
  const facts = Object.assign(() => false, {
    isGenuine: () => false,
    computerOf: computersIn({ entries: register }),
  });
  const signed = { seq: 1, basisPoints: 10_000, verdictHash: null, promotion: undefined };
  const running = {
    ...RELEASE,
    ring: "ga",
    since: began,
    buildEpoch: 1,
    isHalted: false,
    signed,
    offeredIn: [],
    unfinishedHalts: [],
  } as const;
  const assessed = () => assess(store, running, policy.value, facts, Date.now());
  return {
    url,
    async judged() {
      const { halt, gates } = await assessed();
      const passing = gates.flatMap(({ gate, outcome }) => (outcome === "pass" ? [gate] : []));
      return { halt, passing };
    },
    kinds: async () => incidentsOf(await assessed(), await auditDecisions(store.decisions)).map(({ kind }) => kind),
  };
}
type Ga = Awaited<ReturnType<typeof openGa>>;

const pilotOf = (name: string) => createPilot(name, Date.now() - SESSION_MS - 60_000, "ga");

/** A session that played so often; its last state is `hoursAgo` old. */
function session(
  pilot: Pilot,
  { ok, failed, name = "", hoursAgo = 0, crashes = 0 }: Did & { readonly name?: string; readonly hoursAgo?: number },
): TelemetryEvent {
  const up = SESSION_MS - hoursAgo * HOUR_MS;
  const event = pilot.stateEvent(up);
  if (event.kind !== "session") throw new Error("a state is a session's");
  const outcomes = { ok, failed };
  const state: SessionState = {
    ...event.state,
    startMs: 900,
    operations: { ...event.state.operations, play: outcomes, verdict: { ok, failed: 0 } },
    verdictMs: { buckets: event.state.verdictMs.buckets.map((_, index) => (index === 1 ? ok : 0)), sum: ok },
    crashes: { ...event.state.crashes, renderer: crashes },
  };
  return name === "" ? { ...event, state } : { ...event, session: otherSession(event.at, name), seq: 1, state };
}
type Did = { readonly ok: number; readonly failed: number; readonly crashes?: number };

const otherSession = (at: number, name: string) => eventIdOf(at, testSeed(name).subarray(0, 10));

async function send({ url }: Ga, pilot: Pilot, ...events: readonly TelemetryEvent[]): Promise<void> {
  const { status } = await pilot.send(url, events, SESSION_MS);
  if (status !== 200) throw new Error(`the ingest answered ${status}`);
}

async function sendAll(ga: Ga, names: string, count: number, did: Did): Promise<void> {
  for (let index = 0; index < count; index++) {
    const pilot = pilotOf(`${names} ${index}`);
    await send(ga, pilot, session(pilot, did));
  }
}

const FINE: Did = { ok: 100, failed: 0 };
const BROKEN: Did = { ok: 0, failed: 60 };

type Attack = readonly [name: string, act: (ga: Ga) => Promise<void>];

/** Each tries to halt a release of 20 healthy computers. */
const FAKES: readonly Attack[] = [
  ["one computer with a damaged stick", (ga) => sendAll(ga, "damaged", 1, BROKEN)],
  ["two computers that lie", (ga) => sendAll(ga, "liar", 2, { ok: 0, failed: MOST })],
  [
    "one computer that lies in 40 sessions",
    async (ga) => {
      const liar = pilotOf("liar");
      const sessions = Array.from({ length: 40 }, (_, index) => session(liar, { ...BROKEN, name: `lie ${index}` }));
      await send(ga, liar, ...sessions);
    },
  ],
  [
    "one computer whose clock jumps, with failures in each half hour",
    async (ga) => {
      const liar = pilotOf("liar");
      const hours = Array.from({ length: 40 }, (_, index) => index);
      const lies = hours.map((hour) => session(liar, { ...BROKEN, name: `hour ${hour}`, hoursAgo: hour / 2 - 12 }));
      await send(ga, liar, ...lies);
    },
  ],
  [
    "one computer that fails, asks for its erasure, and fails again",
    async (ga) => {
      const liar = pilotOf("liar");
      await send(ga, liar, session(liar, BROKEN));
      await liar.erase(ga.url, Date.now());
      await send(ga, liar, session(liar, { ...BROKEN, name: "again" }));
    },
  ],
  ["one computer that crashes all the time", (ga) => sendAll(ga, "liar", 1, { ...FINE, crashes: 1_000 })],
];

/** Each tries to hide that 10 % fail on five computers. */
const HIDES: readonly Attack[] = [
  ["one computer that claims as much as a number can hold", (ga) => sendAll(ga, "liar", 1, { ok: MOST, failed: 0 })],
  ["two of them", (ga) => sendAll(ga, "liar", 2, { ok: MOST, failed: 0 })],
  ["two that claim only what is plausible", (ga) => sendAll(ga, "liar", 2, { ok: 1_000, failed: 0 })],
  [
    "one that claims it in 40 sessions",
    async (ga) => {
      const liar = pilotOf("liar");
      const lies = Array.from({ length: 40 }, (_, index) =>
        session(liar, { ok: 1_000, failed: 0, name: `lie ${index}` }),
      );
      await send(ga, liar, ...lies);
    },
  ],
  [
    "one that claims it for each hour of the past",
    async (ga) => {
      const liar = pilotOf("liar");
      const lies = Array.from({ length: 40 }, (_, index) =>
        session(liar, { ok: 1_000, failed: 0, name: `hour ${index}`, hoursAgo: index / 8 }),
      );
      await send(ga, liar, ...lies);
    },
  ],
];

describe(`a few computers of GA: ${FAKES.length + HIDES.length} attacks decide nothing`, () => {
  it.each(FAKES)("is not halted by %s", async (_name, act) => {
    const ga = await openGa();
    await sendAll(ga, "healthy", 20, FINE);
    await act(ga);
    expect(await ga.judged()).toMatchObject({ halt: false });
  });

  it.each(HIDES)("is halted in spite of %s", async (_name, act) => {
    const ga = await openGa();
    await sendAll(ga, "failing", 5, { ok: 90, failed: 10 });
    expect(await ga.judged()).toMatchObject({ halt: true });
    await act(ga);
    const { halt, passing } = await ga.judged();
    expect(halt).toBe(true);
    expect(passing).not.toContain("errors");
    expect(passing).not.toContain("availability");
  });

  it("is halted by three computers, and not by three enrolments of one", async () => {
    const names = ["one", "two", "three"];
    const pilots = names.map((name) => pilotOf(`broken ${name}`));
    const entryOf = ({ pid }: Pilot, device: string) =>
      ({ kind: "license", lid: pid, enrolment: { pid, exp: 0, kid: "e" }, device: { id: device } }) as unknown;
    for (const [devices, halt] of [
      [names, true],
      [["same", "same", "same"], false],
    ] as const) {
      const ga = await openGa(pilots.map((pilot, index) => entryOf(pilot, devices[index] as string) as RegisterEntry));
      await sendAll(ga, "healthy", 5, FINE);
      for (const pilot of pilots) await send(ga, pilot, session(pilot, { ok: 0, failed: 1_000 }));
      expect(await ga.judged(), devices.join(" ")).toMatchObject({ halt });
    }
  });
});

describe("a computer that reports more than a computer can do", () => {
  it("is told", async () => {
    const ga = await openGa();
    await sendAll(ga, "healthy", 5, FINE);
    expect(await ga.kinds()).not.toContain("implausible_telemetry");
    await sendAll(ga, "liar", 1, { ok: 20_000, failed: 0 });
    expect(await ga.kinds()).toContain("implausible_telemetry");
  });

  it("is not meant if several people use it at the same time", async () => {
    const ga = await openGa();
    const shared = pilotOf("shared");
    const sessions = ["ann", "bob", "zoe"].map((name) => session(shared, { ok: 300, failed: 0, name }));
    await send(ga, shared, ...sessions);
    expect(await ga.kinds()).not.toContain("implausible_telemetry");
  });
});
