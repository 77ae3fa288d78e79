import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { readPolicy, type NormalizedEvent } from "../../../src-ops/gates/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { RING_DATABASE } from "../../../src-ops/server/index.ts";
import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { SessionState } from "../../../src-shared/telemetry/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { testId } from "../../fakes/test-keys.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { normalizedAnswer, normalizedState, stateOf } from "../gates/normalized-events.ts";
import { type FeedFixture, NOW } from "../feed/support/feed-fixture.ts";
import { storeEvents } from "./store-events.ts";
import { evaluateOnce } from "./watched-ring.ts";

const COMPUTERS: Readonly<Record<Ring, number>> = { ring0: 10, ring1: 4, ga: 3 };

// A Tuesday at 15:00 in Paris.
export const START = (() => {
  const at = new Date(NOW * 1_000);
  at.setUTCHours(14, 0, 0, 0);
  do at.setUTCDate(at.getUTCDate() + 1);
  while (at.getUTCDay() !== 2);
  return at.getTime() / 1_000;
})();

export type UsedRings = {
  /** All computers of a ring play films between two hours after the start; then the server evaluates. */
  readonly use: (ring: Ring, version: string, from: number, to: number) => Promise<void>;
};

type Finished = (work: () => Promise<void>) => void;

/**
 * The data of a ring server whose computers are enrolled. Their events are written directly to the store.
 * @param enrolled the pseudonyms of computers that have an enrolment; a ring without any gets some
 */
export async function openUsedRings(
  publisher: Pick<FeedFixture, "repo" | "keys">,
  data: string,
  enrolled: Partial<Record<Ring, readonly string[]>> = {},
  finished: Finished = onTestFinished,
): Promise<UsedRings> {
  const store = openSqliteStore(join(data, RING_DATABASE));
  finished(store.close);
  const machinesOf = (ring: Ring) =>
    enrolled[ring] ?? Array.from({ length: COMPUTERS[ring] }, (_, index) => testId(`${ring} ${index}`));
  for (const ring of RINGS) for (const machine of machinesOf(ring)) await store.enrol(machine, ring);

  /** All computers of a ring play films during these hours and rate the release well; then the server evaluates. */
  async function use(ring: Ring, version: string, from: number, to: number): Promise<void> {
    const events: NormalizedEvent[] = [];
    for (const machine of machinesOf(ring)) {
      for (let hour = from + 4; hour <= to; hour += 4) {
        const where = {
          machine,
          session: `${ring} ${version} ${hour}`,
          seq: 1,
          at: (START + hour * HOUR) * 1_000 - 60_000,
        };
        events.push({ ...normalizedState(where, goodState(version)), ring, version });
      }
      const answerAt = {
        machine,
        session: `${ring} ${version} ${to}`,
        seq: 2,
        at: (START + to * HOUR) * 1_000 - 30_000,
      };
      if (ring === "ring1") events.push({ ...normalizedAnswer(answerAt, 9), ring, version });
    }
    await storeEvents(store, events);
    await evaluate(to);
  }

  async function evaluate(hours: number): Promise<void> {
    const policy = await readPolicy();
    if (!policy.ok) throw new Error(policy.error.message);
    const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
    const now = () => (START + hours * HOUR) * 1_000;
    expect(await evaluateOnce({ store, feed, policy: policy.value, now })).toMatchObject({ ok: true });
  }

  return { use };
}

function goodState(version: string): SessionState {
  const fresh = stateOf(version, [{ kind: "usable", startMs: 900 }]);
  return {
    ...fresh,
    uptimeMs: 4 * HOUR_MS,
    operations: {
      ...fresh.operations,
      play: { ok: 20, failed: 0 },
      seek: { ok: 40, failed: 0 },
      verdict: { ok: 10, failed: 0 },
    },
    verdictMs: { buckets: fresh.verdictMs.buckets.map((_, index) => (index === 2 ? 10 : 0)), sum: 40 },
    memory: { private: 140_000_000, highest: 150_000_000 },
    features: ["play"],
  };
}
