import { describe, expect, it } from "vitest";
import {
  afterAsking,
  afterSession,
  decideSurvey,
  GOOD_SESSIONS,
  isGoodSession,
  memoryFor,
  type SurveyMemory,
  type SurveySurroundings,
} from "../../../src-shared/feedback/index.ts";

const CRASHES = { main: 0, renderer: 0, gpu: 0, worker: 0 };
const GOOD = { operations: { play: { ok: 1, failed: 0 } }, crashes: CRASHES };
const HERE: SurveySurroundings = { ring: "ring1", hasConsent: true, session: GOOD };
const UPDATED: SurveyMemory = { version: "2.0.0", occasion: "update", goodSessions: 0, asked: ["1.0.0"] };

describe("a pilot is asked", () => {
  it("in the first good session after an update", () => {
    expect(decideSurvey(UPDATED, HERE)).toBe("update");
  });

  it("in the third good session with the first version here", () => {
    let memory = memoryFor(undefined, "1.0.0");
    const occasions = Array.from({ length: GOOD_SESSIONS + 1 }, () => {
      const occasion = decideSurvey(memory, HERE);
      memory = afterSession(memory, GOOD);
      return occasion;
    });
    expect(occasions).toEqual([undefined, undefined, "sessions", "sessions"]);
  });

  it.each<[string, Partial<SurveySurroundings>]>([
    ["who is staff", { ring: "ring0" }],
    ["who is neither", { ring: "ga" }],
    ["who did not agree", { hasConsent: false }],
    ["before anything was watched", { session: { ...GOOD, operations: { play: { ok: 0, failed: 0 } } } }],
    ["after a film that failed", { session: { ...GOOD, operations: { play: { ok: 3, failed: 1 } } } }],
    ["after a crash", { session: { ...GOOD, crashes: { ...CRASHES, worker: 1 } } }],
  ])("but not one %s", (_name, here) => {
    expect(decideSurvey(UPDATED, { ...HERE, ...here })).toBeUndefined();
  });

  it("never twice for one version, also after another one in between", () => {
    const once = afterAsking(UPDATED);
    expect(decideSurvey(once, HERE)).toBeUndefined();
    expect(decideSurvey(memoryFor(once, "2.0.0"), HERE)).toBeUndefined();
    const next = memoryFor(once, "3.0.0");
    expect(decideSurvey(next, HERE)).toBe("update");
    expect(decideSurvey(memoryFor(afterAsking(next), "2.0.0"), HERE)).toBeUndefined();
  });

  it("remembers no more than fifty versions", () => {
    let memory = UPDATED;
    for (let minor = 0; minor < 60; minor++) memory = afterAsking(memoryFor(memory, `9.${minor}.0`));
    expect(memory.asked).toHaveLength(50);
    expect(memory.asked.at(-1)).toBe("9.59.0");
  });
});

describe("a good session", () => {
  it("is one in which something was watched and nothing went wrong", () => {
    expect(isGoodSession(GOOD)).toBe(true);
    expect(afterSession(UPDATED, GOOD).goodSessions).toBe(1);
    expect(afterSession(UPDATED, { ...GOOD, crashes: { ...CRASHES, gpu: 1 } })).toEqual(UPDATED);
  });
});
