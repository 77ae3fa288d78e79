import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { withCache } from "../../../src-ops/simulator/cached-store.ts";
import { createFleet } from "../../../src-ops/simulator/fleet.ts";
import { createMemoryStore } from "../../../src-ops/simulator/memory-store.ts";
import { receivedDirectly, RELEASE, VERSION_BEFORE } from "../../../src-ops/simulator/messages.ts";
import { Scenario } from "../../../src-ops/simulator/scenario-schema.ts";
import { sinceOf } from "../../../src-ops/simulator/ticks.ts";
import { eventStoreContract } from "../gates/store-contract.ts";

eventStoreContract("a store in memory", async () => createMemoryStore());

const HOUR_MS = 3_600_000;

describe("a store in memory that keeps what was read", () => {
  const groups = [{ count: 2, errorRate: 0.1, hoursADay: 24, opens: 0 }, { count: 1 }];
  const scenario = v.parse(Scenario, { v: 1, what: ".", ring: "ring0", groups, before: { days: 2 } });
  const since = sinceOf(scenario);

  async function readsOf(store: ReturnType<typeof createMemoryStore>) {
    const reads: unknown[] = [];
    for (const version of [VERSION_BEFORE, RELEASE]) {
      reads.push(
        await store.days("ring0", version, 0),
        await store.days("ring0", version, since + HOUR_MS),
        await store.durations("ring0", version, 0, since + 100 * HOUR_MS),
        await store.durations("ring0", version, since, since + 12 * HOUR_MS),
        await store.versionBefore("ring0", version, 0, since + HOUR_MS),
      );
    }
    return reads;
  }

  it("reads the same as one that does not, after each hour and after a computer was erased", async () => {
    const fleet = createFleet(scenario, "ring0", scenario.groups, 1, 0);
    const [plain, cached] = [createMemoryStore(), withCache(createMemoryStore())];
    for (let hour = fleet.firstHour; hour < 30; hour++) {
      for (const message of fleet.messagesOf(hour)) {
        const events = receivedDirectly(message, "ring0", since + message.arrival * 300_000);
        expect(await cached.take(events)).toEqual(await plain.take(events));
      }
      if (hour === 20) for (const store of [plain, cached]) await store.erase(fleet.names[0] as string);
      expect(await readsOf(cached)).toEqual(await readsOf(plain));
    }
    expect((await plain.days("ring0", RELEASE, 0)).length).toBeGreaterThan(3);
  });
});
