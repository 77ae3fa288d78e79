import { describe, expect, it } from "vitest";
import { titlesInOrder } from "../../src-renderer/features/catalog/titles-in-order.ts";
import { nextStep, type Order, previousItem, titlesAfter, type Turn } from "../../src-renderer/features/queue/order.ts";
import { shuffled } from "../../src-renderer/features/queue/shuffle.ts";
import { catalogOf } from "./harness/fake-content.ts";

const NAMES = ["Lesson 10", "Lesson 2", "Lesson 1", "Lesson 9"];
const items = catalogOf(4).map((item, index) => ({ ...item, title: NAMES[index] ?? "", included: index !== 3 }));
const catalog = { stage: "ready", view: { sections: [], items } } as const;
const [ten, two, one, nine] = items.map(({ id }) => id) as [string, string, string, string];

const PLAIN: Order = { titles: [], playlist: null, queue: [], repeat: "off", shuffleSeed: null, autoplay: true };
const at = (id: string): Turn => ({ videoId: id, anchorId: id, startId: id });

describe("the order of the catalog", () => {
  const following = (id: string) =>
    nextStep(at(id), { ...PLAIN, titles: titlesInOrder(catalog, id, "title", "en").map(({ item }) => item) });

  it.each([
    ["the next in the order of the catalog", one, "Lesson 2"],
    ["the next that is included", two, "Lesson 10"],
    ["nothing after the last", ten, undefined],
    ["the next after one that is not included", nine, "Lesson 10"],
    ["nothing after a title that is gone", "gone", undefined],
  ])("has %s", (_name, id, title) => {
    expect(following(id)?.item.title).toBe(title);
  });

  it("has nothing while the catalog is read", () => {
    expect(titlesInOrder({ stage: "loading" }, one, "title", "en")).toEqual([]);
  });

  it("is that of the publisher for lessons, from the last of a section to the first of the next", () => {
    const sections = [
      { title: "One", description: "" },
      { title: "Two", description: "" },
    ];
    const [a, b, c, d] = items;
    const placed = [
      { ...c!, section: 1 },
      { ...a!, section: 0 },
      { ...d!, section: null },
      { ...b!, section: 0 },
    ];
    const course = { stage: "ready", view: { sections, items: placed } } as const;
    const after = (id: string, sort: "order" | "title") =>
      nextStep(at(id), { ...PLAIN, titles: titlesInOrder(course, id, sort, "en").map(({ item }) => item) })?.item.id;
    expect([d, a, b, c].map((lesson) => after(lesson!.id, "order"))).toEqual([a!.id, b!.id, c!.id, undefined]);
    expect([a, b, c].map((lesson) => after(lesson!.id, "title"))).toEqual([b!.id, c!.id, undefined]);
  });
});

// Two sections of three lessons, and two films of no section.
const titles = catalogOf(8).map((item, index) => ({
  ...item,
  included: true,
  section: index < 6 ? Math.floor(index / 3) : null,
}));
const [a1, a2, a3, b1, , b3, x, y] = titles.map(({ id }) => id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const order = (part: Partial<Order> = {}): Order => ({ ...PLAIN, titles, ...part });
const turn = (videoId: string, anchorId = videoId, startId = anchorId): Turn => ({ videoId, anchorId, startId });
const next = (given: Turn, part: Partial<Order> = {}) => {
  const step = nextStep(given, order(part));
  return step && [step.item.id, step.from, step.isAutomatic];
};

describe("what begins by itself", () => {
  it("is the next lesson of the same section, if the viewer has not switched that off", () => {
    expect(next(turn(a1))).toEqual([a2, "list", true]);
    expect(next(turn(a1), { autoplay: false })).toEqual([a2, "list", false]);
  });

  it("is neither the first lesson of the next section nor another film", () => {
    expect(next(turn(a3))).toEqual([b1, "list", false]);
    expect(next(turn(x))).toEqual([y, "list", false]);
  });

  it("is what the viewer has asked for, whatever the setting: queue, playlist, mixed, repeated", () => {
    const off = { autoplay: false };
    expect(next(turn(a1), { ...off, queue: [x] })).toEqual([x, "queue", true]);
    expect(next(turn(a1), { ...off, playlist: [a1, y] })).toEqual([y, "list", true]);
    expect(next(turn(a3), { ...off, repeat: "all" })).toEqual([a1, "list", true]);
    expect(next(turn(a1), { ...off, shuffleSeed: 7 })?.[2]).toBe(true);
  });
});

describe("the queue", () => {
  it("comes before the list, which goes on where it was left", () => {
    expect(next(turn(a1), { queue: [x, b3] })).toEqual([x, "queue", true]);
    expect(next(turn(x, a1), { queue: [b3] })).toEqual([b3, "queue", true]);
    expect(next(turn(b3, a1))).toEqual([a2, "list", true]);
  });

  it("passes over what is gone, not included, or on the screen already", () => {
    const without = titles.map((item) => (item.id === b1 ? { ...item, included: false } : item));
    expect(next(turn(x, a1), { titles: without, queue: ["gone", b1, x, y] })).toEqual([y, "queue", true]);
  });

  it("leads back to the title that was left for it", () => {
    expect(previousItem(turn(x, a1), order())?.id).toBe(a1);
    expect(previousItem(turn(a2), order())?.id).toBe(a1);
    expect(previousItem(turn(a1), order())).toBeNull();
  });
});

describe("a playlist", () => {
  it("is played in its own order, without what is gone, and nothing follows it", () => {
    const playlist = [b3, "gone", a2, x];
    expect(next(turn(b3), { playlist })).toEqual([a2, "list", true]);
    expect(next(turn(x), { playlist })).toBeNull();
    expect(titlesAfter(turn(b3), order({ playlist }), 5).map(({ id }) => id)).toEqual([a2, x]);
  });

  it("of a single title is repeated as well", () => {
    expect(next(turn(x), { playlist: [x], repeat: "all" })).toEqual([x, "list", true]);
  });
});

describe("a mixed order", () => {
  function wayFrom(start: string, part: Partial<Order>): string[] {
    const way = [start];
    for (let now = turn(start, start, start); way.length < 20;) {
      const step = nextStep(now, order(part));
      if (!step) break;
      way.push(step.item.id);
      now = turn(step.item.id, step.item.id, start);
    }
    return way;
  }

  it("plays each title of the section once, whichever is the first", () => {
    for (const seed of [1, 2, 3, 99]) {
      for (const start of [a1, a2, a3])
        expect(wayFrom(start, { shuffleSeed: seed }).toSorted()).toEqual([a1, a2, a3].toSorted());
    }
  });

  it("plays each title of a playlist once", () => {
    const playlist = [x, a3, b1, b3, y];
    expect(wayFrom(b1, { shuffleSeed: 4, playlist }).toSorted()).toEqual(playlist.toSorted());
  });

  it("differs between seeds, and is always the same for one", () => {
    const list = Array.from({ length: 12 }, (_, index) => index);
    expect(shuffled(list, 5)).toEqual(shuffled(list, 5));
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => shuffled(list, seed).join())).size).toBeGreaterThan(6);
    expect(shuffled([], 1)).toEqual([]);
  });
});
