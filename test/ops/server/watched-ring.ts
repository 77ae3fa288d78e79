import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readPolicy, type NormalizedEvent } from "../../../src-ops/gates/index.ts";
import { auditDecisions, createRingAssessor, RING_DATABASE, watchOnce } from "../../../src-ops/server/index.ts";
import type { AssessorPorts } from "../../../src-ops/server/decisions/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import type { SessionChange, SessionState } from "../../../src-shared/telemetry/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { normalizedState, stateOf } from "../gates/normalized-events.ts";
import { type FeedFixture, NOW, openFeedFixture } from "../feed/support/feed-fixture.ts";

/** When ring0 began to run the build. */
export const START = NOW * 1_000;
export const MACHINES = Array.from({ length: 10 }, (_, index) => testId(`machine ${index}`));
export const CRASH: SessionChange = { kind: "crash", process: "main" };

/** One evaluation by the watch of a server that has just started. */
export const evaluateOnce = (ports: AssessorPorts) => watchOnce({ ...ports, assessor: createRingAssessor(ports) });

/** A feed whose ring0 runs a build, and a ring server's data. */
export async function openWatched() {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const data = temporaryFolder();
  const store = openSqliteStore(join(data, RING_DATABASE));
  onTestFinished(async () => {
    if (store.database.isOpen) await store.close();
  });
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const evaluate = async (hours: number) => {
    const assessed = await evaluateOnce({ store, feed, policy: policy.value, now: () => START + hours * HOUR_MS });
    if (!assessed.ok) throw new Error(assessed.error.message);
    return assessed.value.rings;
  };
  const log = async () => (await auditDecisions(store.decisions)).decisions.map(({ decision }) => decision);
  const where = ["--data", data, "--repo", publisher.repo, "--keys", publisher.keys];
  return { publisher, build, store, data, evaluate, log, where, policyHash: policy.value.hash };
}

/** The events of ten computers in two days: enough for the verdict to pass. */
export function goodDays(): NormalizedEvent[] {
  const outcomes = (ok: number) => ({ ok, failed: 0 });
  const fresh = stateOf("0.2.0", [{ kind: "usable", startMs: 900 }]);
  return MACHINES.flatMap((machine) =>
    Array.from({ length: 8 }, (_, session) => {
      const state: SessionState = {
        ...fresh,
        uptimeMs: 6 * HOUR_MS,
        operations: { ...fresh.operations, play: outcomes(20), seek: outcomes(40), verdict: outcomes(10) },
        verdictMs: { buckets: fresh.verdictMs.buckets.map((__, index) => (index === 2 ? 10 : 0)), sum: 40 },
        memory: { private: 140_000_000, highest: 150_000_000 },
        features: ["play"],
      };
      return normalizedState(
        { machine, session: `good ${session}`, seq: 1, at: START + (session + 1) * 6 * HOUR_MS },
        state,
      );
    }),
  );
}

export const crashOf = (machine: string, hours: number) =>
  normalizedState(
    { machine, session: `crash ${hours}`, seq: 1, at: START + hours * HOUR_MS },
    stateOf("0.2.0", [CRASH]),
  );

export const status = (publisher: FeedFixture) =>
  publisher.feed<{ rings: Record<string, { halt?: { build: string; reason: string } }> }>("status");
