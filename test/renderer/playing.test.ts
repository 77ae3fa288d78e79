import { expect, it } from "vitest";
import { attended, begin, goTo, isUnattended } from "../../src-renderer/app/playing.ts";
import { catalogOf } from "./harness/fake-content.ts";

const [a, b, c] = catalogOf(3) as [
  ReturnType<typeof catalogOf>[0],
  ReturnType<typeof catalogOf>[0],
  ReturnType<typeof catalogOf>[0],
];
const fromList = (item: typeof a) => ({ item, from: "list" }) as const;

it("asks whether anybody is there after three videos that began by themselves", () => {
  let playing = begin(a.id, { seed: 1 });
  for (const item of [b, c, a]) {
    expect(isUnattended(playing)).toBe(false);
    playing = goTo(playing, fromList(item), true);
  }
  expect(isUnattended(playing)).toBe(true);
  expect(isUnattended(attended(playing))).toBe(false);
  expect(isUnattended(goTo(playing, fromList(b), false))).toBe(false);
});

it("goes on in the list where the queue has interrupted it", () => {
  const queued = goTo(begin(a.id, { fromStart: true, seed: 1 }), { item: c, from: "queue" }, true);
  expect(queued.turn).toEqual({ videoId: c.id, anchorId: a.id, startId: a.id });
  expect(queued.fromStart).toBe(false);
  expect(goTo(queued, fromList(b), true).turn).toEqual({ videoId: b.id, anchorId: b.id, startId: a.id });
});

it("shows the same video anew when it comes twice in a row", () => {
  const playing = begin(a.id, { seed: 1 });
  expect(goTo(playing, fromList(a), true).number).not.toBe(playing.number);
});
