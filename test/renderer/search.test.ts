import type { Language } from "../../src-shared/languages.ts";
import { describe, expect, it } from "vitest";
import { fold, indexTitles, searchTitles } from "../../src-renderer/features/catalog/search.ts";
import { sortTitles } from "../../src-renderer/features/catalog/sort.ts";
import type { CatalogItem } from "../../src-shared/ipc/index.ts";

function titled(title: string, part: Partial<CatalogItem> = {}): CatalogItem {
  return {
    id: title,
    title,
    description: "",
    section: null,
    durationSeconds: 60,
    added: 0,
    posterUrl: null,
    included: true,
    positionSeconds: 0,
    watched: 0,
    finished: false,
    ...part,
  };
}

function found(titles: readonly string[], query: string): string[] {
  return searchTitles(indexTitles({ sections: [], items: titles.map((title) => titled(title)) }), query).map(
    ({ item }) => item.title,
  );
}

function order(
  items: readonly CatalogItem[],
  ...[sort, language]: ["title" | "added" | "length" | "watched", Language]
): string[] {
  return sortTitles(indexTitles({ sections: [], items }), sort, language).map(({ item }) => item.title);
}

describe("folding", () => {
  it.each([
    ["L’Été", "l'ete"],
    ["ŒUVRES", "oeuvres"],
    ["Straße", "strasse"],
    ["Tromsø", "tromso"],
    ["e\u0301te\u0301", "ete"],
    ["ﬁn", "fin"],
  ])("takes %s as %s", (text, folded) => {
    expect(fold(text)).toBe(folded);
  });
});

describe("search", () => {
  const titles = ["L’été à Bréhat", "Le phare du Four", "Œuvres du vent", "The harbour 2"];

  it("shows everything for an empty query", () => {
    expect(found(titles, "   ")).toEqual(titles);
  });

  it("finds without accents, case or typographic apostrophes", () => {
    expect(found(titles, "L'ETE")).toEqual(["L’été à Bréhat"]);
    expect(found(titles, "oeuvres")).toEqual(["Œuvres du vent"]);
    expect(found(titles, "PHÂRE")).toEqual(["Le phare du Four"]);
  });

  it("requires every word, in any order", () => {
    expect(found(titles, "four phare")).toEqual(["Le phare du Four"]);
    expect(found(titles, "four harbour")).toEqual([]);
  });
});

describe("the search in a course", () => {
  const sections = [{ title: "Nœuds et cordages", description: "Pour débuter." }];
  const items = [
    titled("Le cabestan", { section: 0, description: "Tourner\nsans effort." }),
    titled("Le mouillage"),
    titled("Le nœud de chaise", { section: 0 }),
  ];
  const findIn = (query: string) => searchTitles(indexTitles({ sections, items }), query).map(({ item }) => item.title);

  it("finds titles by their section, its description, and their own", () => {
    expect(findIn("noeuds")).toEqual(["Le cabestan", "Le nœud de chaise"]);
    expect(findIn("DEBUTER")).toEqual(["Le cabestan", "Le nœud de chaise"]);
    expect(findIn("effort")).toEqual(["Le cabestan"]);
    expect(findIn("cabestan cordages")).toEqual(["Le cabestan"]);
    expect(findIn("mouillage cordages")).toEqual([]);
  });

  it("knows the place of each lesson among those of its section", () => {
    const lessons = indexTitles({ sections, items }).map(({ item, lesson }) => [
      item.title,
      lesson?.number,
      lesson?.of,
    ]);
    expect(lessons).toEqual([
      ["Le mouillage", undefined, undefined],
      ["Le cabestan", 1, 2],
      ["Le nœud de chaise", 2, 2],
    ]);
  });
});

describe("sorting", () => {
  it("compares numbers by value, and accents only between otherwise equal titles", () => {
    const items = ["Épisode 10", "Episode 2", "Zoo", "été"].map((title) => titled(title));
    expect(order(items, "title", "fr")).toEqual(["Episode 2", "Épisode 10", "été", "Zoo"]);
  });

  it("puts the newest, the shortest and the last watched first, titles breaking ties", () => {
    const items = [
      titled("b", { added: 1, durationSeconds: 30, watched: 9 }),
      titled("a", { added: 1, durationSeconds: 90, watched: 0 }),
      titled("c", { added: 5, durationSeconds: 10, watched: 3 }),
    ];
    expect(order(items, "added", "en")).toEqual(["c", "a", "b"]);
    expect(order(items, "length", "en")).toEqual(["c", "b", "a"]);
    expect(order(items, "watched", "en")).toEqual(["b", "c", "a"]);
  });
});
