import { describe, expect, it } from "vitest";
import { createI18n, type ProblemCode } from "../../src-renderer/i18n/index.ts";
import { calls, PLAYBACK_FAULTS } from "../../src-shared/ipc/index.ts";
import { LANGUAGES } from "../../src-shared/languages.ts";
import { REFUSAL_CODES } from "../../src-shared/license/index.ts";

/** Taken from the contract itself, so that a code that is added there is tested here. */
const CODES = [
  ...new Set([
    ...REFUSAL_CODES,
    ...PLAYBACK_FAULTS,
    ...Object.values(calls).flatMap((call): readonly string[] => call.errors),
    "BAD_REQUEST",
    "INTERNAL",
  ]),
].filter((code) => code !== "CANCELLED") as ProblemCode[];

/** The texts with a number as their argument. */
const COUNTED = /\.(?:grace|count|expires|daysLeft|graceLeft|titleWith)$/;

/** Every text of a catalog by its path; functions are called with a sample argument. */
function texts(node: unknown, path = ""): [string, string][] {
  if (typeof node === "string") return [[path, node]];
  if (typeof node === "function")
    return texts((node as (given: unknown) => unknown)(COUNTED.test(path) ? 3 : "X"), path);
  return Object.entries(node as object).flatMap(([key, value]) => texts(value, `${path}.${key}`));
}

describe.each(LANGUAGES)("the messages in %s", (language) => {
  const i18n = createI18n(language, "aide@editeur.example");
  const { problems: _problems, ...rest } = i18n.messages;

  it.each(CODES)("explain %s in three parts", (code) => {
    const { what, why, next } = i18n.explain(code, 1_790_000_000);
    for (const part of [what, why, next]) expect(part.trim().length).toBeGreaterThan(8);
    expect(what).not.toMatch(/[.!]$/);
    expect(why).toMatch(/\.$/);
    expect(next).toMatch(/\.$/);
    expect(`${what}${why}${next}`).not.toMatch(/undefined|null|\$\{/);
  });

  it("differ for every code", () => {
    expect(new Set(CODES.map((code) => i18n.explain(code).what)).size).toBe(CODES.length);
  });

  it("contain the date of a license where there is one, and no digits where there is none", () => {
    for (const code of ["EXPIRED", "NOT_YET_VALID"] as const) {
      expect(i18n.explain(code, 1_790_000_000).why).toContain("2026");
      expect(i18n.explain(code).why).not.toMatch(/\d/);
    }
  });

  it("name a contact even when the publisher gave none", () => {
    expect(createI18n(language, "").explain("REVOKED").next).toContain(i18n.messages.app.publisher);
    expect(i18n.explain("REVOKED").next).toContain("aide@editeur.example");
  });

  it("have no empty text", () => {
    expect(texts(rest).filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("use the plural rules of the language", () => {
    const { count, grace } = i18n.messages.catalog;
    expect([count(0), count(1), count(2)].map((text) => text.replaceAll(/\s/g, " "))).toEqual(
      language === "fr" ? ["0 vidéo", "1 vidéo", "2 vidéos"] : ["0 videos", "1 video", "2 videos"],
    );
    expect(grace(1)).not.toBe(grace(2).replace("2", "1"));
  });
});

describe("French", () => {
  it("puts a narrow no-break space before double punctuation and inside quotation marks", () => {
    const { messages, explain } = createI18n("fr", "X");
    const all = [...texts({ ...messages, problems: {} }), ...CODES.flatMap((code) => texts(explain(code), code))];
    expect(all.filter(([, text]) => /[^\u202f][;:!?»]|«[^\u202f]/.test(text))).toEqual([]);
  });

  it("shares no explanation with English by accident", () => {
    const [fr, en] = LANGUAGES.map((language) => createI18n(language, "X"));
    for (const code of CODES) expect(fr?.explain(code).why).not.toBe(en?.explain(code).why);
  });
});
