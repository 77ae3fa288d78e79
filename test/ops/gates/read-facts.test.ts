import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../src-ops/simulator/memory-store.ts";
import { readFacts, totalOf } from "../../../src-ops/gates/index.ts";
import { defaultPolicy, HOUR_MS, registerOf, SINCE } from "./facts.ts";
import { MACHINES, normalizedFinding, normalizedState, RELEASE, stateOf } from "./normalized-events.ts";

const GENUINE = "a".repeat(64);
const CHANGED = "b".repeat(64);
const { ring0, ring1 } = defaultPolicy().rings;

describe("the facts of a release", () => {
  it("count only refusals of genuine artefacts, once for each computer", async () => {
    const store = createMemoryStore();
    const [first, second] = MACHINES;
    const find = (machine: string | undefined, seq: number, artefact: string | null) =>
      normalizedFinding({ ...(machine ? { machine } : {}), session: "a", seq, at: SINCE }, artefact);
    await store.take([
      find(first, 1, GENUINE),
      find(first, 2, GENUINE),
      find(second, 1, CHANGED),
      find(second, 2, null),
    ]);
    const { security } = await readFacts(
      store,
      RELEASE,
      ring0,
      registerOf((hash) => hash === GENUINE),
      SINCE,
    );
    expect(security).toEqual({
      genuineMachines: 1,
      genuine: { signature: 2, rollback: 0 },
      unexplained: 0,
      suspected: 2,
    });
  });

  it("do not compare other files with the licenses in the register, whatever their bytes", async () => {
    const store = createMemoryStore();
    const subjects = ["stick", "keys", "revocations", "update"] as const;
    await store.take(
      subjects.map((subject, seq) =>
        normalizedFinding({ session: "a", seq: seq + 1, at: SINCE }, GENUINE, { subject }),
      ),
    );
    const { security } = await readFacts(
      store,
      RELEASE,
      ring0,
      registerOf(() => true),
      SINCE,
    );
    expect(security).toMatchObject({ genuineMachines: 0, suspected: subjects.length });
  });

  it("use the last two hours for the surge gate, and the previous ring for pooling", async () => {
    const store = createMemoryStore();
    const failure = stateOf("0.2.0", [{ kind: "operation", operation: "seek", succeeded: false }]);
    await store.take([normalizedState({ session: "a", seq: 1, at: SINCE + HOUR_MS }, failure)]);
    const facts = (hours: number) => readFacts(store, RELEASE, ring0, registerOf(), SINCE + hours * HOUR_MS);
    expect(totalOf((await facts(2)).recent, "failed")).toBe(1);
    expect(totalOf((await facts(4)).recent, "failed")).toBe(0);
    expect(totalOf((await facts(4)).counts, "failed")).toBe(1);
    const next = await readFacts(store, { ...RELEASE, ring: "ring1" }, ring1, registerOf(), SINCE + 4 * HOUR_MS);
    expect([totalOf(next.counts, "failed"), totalOf(next.pooled, "failed")]).toEqual([0, 1]);
  });
});
