import { expect, it } from "vitest";
import { MINUTE } from "../../../src-shared/units.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { normalizedState, stateOf } from "../gates/normalized-events.ts";
import { NOW } from "../feed/support/feed-fixture.ts";
import { storeEvents } from "./store-events.ts";
import { crashOf, MACHINES, openWatched, START } from "./watched-ring.ts";

const hours = (minutes: number) => minutes / 60;
const failed = { kind: "operation", operation: "play", succeeded: false } as const;

/** Each computer fails at every film, so many minutes after the beginning. */
const failing = (minutes: number) =>
  MACHINES.map((machine) =>
    normalizedState(
      { machine, session: `bad ${minutes}`, seq: 1, at: START + minutes * MINUTE * 1_000 },
      stateOf(
        "0.2.0",
        Array.from({ length: 60 }, () => failed),
      ),
    ),
  );

it.each([1, 14, 29, 31])(
  "halts again after a resume only for what happens from then on, %d minutes after it",
  async (gap) => {
    const { publisher, store, evaluate, log } = await openWatched();
    const halts = async () => (await log()).filter(({ kind }) => kind === "halt").length;
    const resumedAt = 70;
    await storeEvents(store, [...failing(resumedAt - gap), crashOf(MACHINES[0] as string, hours(resumedAt - gap))]);
    expect(await evaluate(hours(resumedAt - gap + 0.2))).toMatchObject([{ isHalted: true }]);
    await publisher.feedAt(NOW + resumedAt * MINUTE, "resume", "--ring", "ring0", "--reason", "Only our test computer");
    for (const minutes of [0.25, 5, 20, 45]) {
      expect(await evaluate(hours(resumedAt + minutes))).toMatchObject([{ isHalted: false, halt: false }]);
    }
    // What had happened before arrives late.
    await storeEvents(store, failing(resumedAt - gap - 1));
    expect(await evaluate(hours(resumedAt + 46))).toMatchObject([{ isHalted: false, halt: false }]);
    expect(await halts()).toBe(1);
    await storeEvents(store, failing(resumedAt + 50));
    expect(await evaluate(hours(resumedAt + 51))).toMatchObject([{ isHalted: true }]);
    expect(await halts()).toBe(2);
    expect(HOUR_MS).toBe(60 * MINUTE * 1_000);
  },
);
