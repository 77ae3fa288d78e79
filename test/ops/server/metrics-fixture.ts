import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import {
  createRingAssessor,
  createErrorReporter,
  createServerHealth,
  metricsRoute,
  RING_DATABASE,
  startRingServer,
} from "../../../src-ops/server/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { ticketOf } from "../../../src-shared/feedback/index.ts";
import { eventIdOf, type SessionChange, type TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import { createPilot, enrolmentIssuer, type Pilot } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testSeed } from "../../fakes/test-keys.ts";
import { openFeedFixture } from "../feed/support/feed-fixture.ts";

export const METRICS_TOKEN = "a-token-of-the-tests-only";

/** A feed whose ring0 runs a build, and a ring server with its metrics, on the real clock. */
export async function openMetricsFixture(token: string | null = METRICS_TOKEN) {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const store = openSqliteStore(join(temporaryFolder(), RING_DATABASE));
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const health = createServerHealth(Date.now(), { isWatching: true });
  const notes: string[] = [];
  const note = (event: string) => void notes.push(event);
  const report = createErrorReporter(note, health.unexpected);
  const assessorPorts = { store, feed, policy: policy.value, now: Date.now };
  const ports = { ...assessorPorts, assessor: createRingAssessor(assessorPorts), health, note, report };
  const { url, stop } = await startRingServer({
    store,
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    now: Date.now,
    note,
    ticketToken: () => undefined,
    alsoServe: [metricsRoute({ ...ports, token: () => token ?? undefined })],
    health,
    report,
  });
  onTestFinished(stop);
  const ask = (authorization?: string) =>
    fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { Authorization: authorization } });
  const metrics = async () => (await ask(`Bearer ${METRICS_TOKEN}`)).text();
  return { publisher, build, policy: policy.value, store, health, ports, notes, url, ask, metrics };
}

export type MetricsFixture = Awaited<ReturnType<typeof openMetricsFixture>>;

const tried = (operation: "play" | "seek", succeeded: boolean): SessionChange => ({
  kind: "operation",
  operation,
  succeeded,
});

/** Sends events, and records an evaluation and a probe, so that every metric has a value. */
export async function simulateActivity({ url, store, health }: MetricsFixture): Promise<readonly Pilot[]> {
  const pilots = await sendActivity(url);
  health.evaluated(true, Date.now());
  health.probed("ingest", { isReached: true, tookMs: 12 });
  await store.recordProbe("ingest", Date.now(), true);
  return pilots;
}

/** Two computers send events of playing; one of them also has a failure, a crash, a rating and a support request. */
export async function sendActivity(url: string): Promise<readonly Pilot[]> {
  const pilots = ["one", "other"].map((name) => createPilot(name, Date.now() - 60_000));
  for (const [index, pilot] of pilots.entries()) {
    const more: SessionChange[] = index === 0 ? [tried("seek", false), { kind: "crash", process: "main" }] : [];
    const sample = { uptimeMs: 30_000, downMs: 0, cpuMs: 0, privateBytes: 150_000_000 + index * 1_000_000 };
    const state = pilot.stateEvent(
      30_000,
      { kind: "usable", startMs: index === 0 ? 6_000 : 900 },
      { kind: "sample", sample: { ...sample, lost: { dropped: 0, corrupted: 0, refused: 0 } } },
      tried("play", true),
      ...more,
    );
    const answer = await pilot.send(url, [state, ...(index === 0 ? otherEvents(pilot) : [])], 30_000);
    if (answer.status !== 200) throw new Error(`the ingest answered ${answer.status}`);
  }
  return pilots;
}

/** Feedback, a security finding and a reported problem. */
function otherEvents({ session }: Pilot): TelemetryEvent[] {
  const at = Date.now() - 30_000;
  const event = (seq: number) => {
    const id = eventIdOf(at, testSeed(`saying ${seq}`).subarray(0, 10));
    return { v: 1, id, session, seq, at, up: 30_000 } as const;
  };
  const texts = { well: "", badly: "", comment: "", contact: "" };
  const ticket = ticketOf(testSeed("ticket").subarray(0, 8));
  return [
    { ...event(10), kind: "feedback", feedback: { version: "0.2.0", occasion: "update", score: 9, ...texts } },
    {
      ...event(11),
      kind: "security",
      finding: { what: "signature", subject: "license", code: "BAD_SIGNATURE", artefact: "b".repeat(64) },
    },
    {
      ...event(12),
      kind: "problem",
      problem: { version: "0.2.0", ticket, words: "It stops", contact: "", diagnostics: "" },
    },
  ];
}
