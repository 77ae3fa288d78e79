import { describe, expect, it } from "vitest";
import { explainGate } from "../../../src-ops/gates/explain.ts";
import { type Gate, gateOf, GATES, shareGate } from "../../../src-ops/gates/gate.ts";
import {
  evidenceText,
  GATE_WORDS,
  gateSentence,
  gateState,
  gateTexts,
  headline,
  verdictWord,
} from "../../../src-ops/server/wording/index.ts";
import { LANGUAGES } from "../../../src-shared/languages.ts";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");
const stateOf = (gate: Gate) => gateState(explainGate(gate));
const textsOf = (gate: Gate, language: "en" | "fr" = "en") => gateTexts(explainGate(gate), language);

describe("the words of the gates", () => {
  it.each(GATES)("exist for %s in both languages, and are complete sentences", (gate) => {
    for (const language of LANGUAGES) {
      const { name, explanation } = GATE_WORDS[language][gate];
      expect(name.length).toBeGreaterThan(3);
      expect(explanation).toMatch(/^\p{Lu}.{30,}\.$/u);
      for (const unit of ["share", "count", "hours", "bytes", "points", "evidence"] as const) {
        const change = { before: 0.1, now: 0.4, ratio: 4 };
        const missing = { what: "hours", have: 3, need: 7 } as const;
        const bound = { atLeast: 0.01, atMost: 0.5, needed: 10 };
        const held = explainGate(gateOf(gate, "hold", unit, 3, 7, { change, missing, computers: ["abcdefgh"] }));
        expect(gateSentence({ ...held, bound }, language)).toMatch(/^[\p{Lu}\d][^–]*\.$/u);
      }
      expect(gateSentence(explainGate(gateOf(gate, "hold", "share", null, 7)), language)).not.toContain("–");
    }
    expect(GATE_WORDS.en[gate].explanation).not.toBe(GATE_WORDS.fr[gate].explanation);
  });
});

describe("the state of a gate", () => {
  it.each<[string, Gate, string]>([
    ["a share above the limit", shareGate("errors", 2, 1_000, 0.001, 20), "over"],
    ["a share below the limit that is not proven yet", shareGate("errors", 0, 1_000, 0.001, 20), "open"],
    ["nothing that was measured", shareGate("errors", 0, 0, 0.001, 20), "none"],
    ["memory above the limit", gateOf("memory", "hold", "bytes", 201e6, 200e6), "over"],
    ["memory of 0 bytes, whatever the gate says", gateOf("memory", "pass", "bytes", 0, 200e6), "none"],
    ["memory that nobody reported", gateOf("memory", "hold", "bytes", null, 200e6), "none"],
    ["a pass without a value", gateOf("surge", "pass", "share", null, 0.01), "none"],
    ["an uptime below the limit", gateOf("uptime", "hold", "share", 0.99, 0.999), "under"],
    ["a median below the limit", gateOf("feedback", "hold", "points", 7, 8), "under"],
    ["evidence that is enough", gateOf("outliers", "hold", "evidence", 20, 20), "over"],
    ["computers that do not report yet", gateOf("reporting", "hold", "share", 0.5, 0.9), "open"],
    ["a pass", shareGate("errors", 0, 100_000, 0.001, 20), "pass"],
    ["a failure", gateOf("funnel", "fail", "share", 0.5, 0.9), "fail"],
    ["a halt", gateOf("crashes", "halt", "count", 1, 0), "halt"],
  ])("%s", (_name, gate, state) => {
    expect(stateOf(gate)).toBe(state);
  });

  it("calls a share above the limit over, and no memory no data, in both languages", () => {
    const over = shareGate("errors", 2, 1_000, 0.001, 20);
    const nothing = gateOf("memory", "hold", "bytes", 0, 200e6);
    expect([textsOf(over).state, textsOf(over, "fr").state]).toEqual(["over", "dépassé"]);
    expect([textsOf(nothing).state, textsOf(nothing, "fr").state]).toEqual(["no data", "rien"]);
    expect(JSON.stringify([textsOf(nothing), textsOf(nothing, "fr")])).not.toMatch(/\b0\s*M[Bo]/);
  });
});

describe("the numbers of a gate", () => {
  it("are written as each language writes them", () => {
    const gate = shareGate("errors", 12, 12_345, 0.001, 20);
    expect(plain(textsOf(gate).value)).toBe("0.0972%");
    expect(plain(textsOf(gate, "fr").value)).toBe("0,0972 %");
    const more = explainGate(gate).bound?.needed ?? 0;
    const left = Math.ceil(more - 12_345);
    expect(textsOf(gate).reason).toContain(`${left.toLocaleString("en")} more without a failure`);
    expect(plain(textsOf(gate, "fr").reason)).toContain(plain(`encore ${left.toLocaleString("fr")} sans échec`));
  });

  it("say what evidence means", () => {
    expect(evidenceText(20, "en")).toBe("20 times more likely bad than good");
    expect(evidenceText(1 / 20, "en")).toBe("20 times more likely good than bad");
    expect(plain(evidenceText(1 / 20, "fr"))).toBe("20 fois plus probable bonne que mauvaise");
    expect(evidenceText(1, "en")).toBe("as likely good as bad");
    expect(evidenceText(1e6, "en")).toBe("1 million times more likely bad than good");
  });

  it("name the computers, and how many more there are", () => {
    const computers = ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"];
    const gate = gateOf("outliers", "hold", "evidence", 40, 20, { computers });
    expect(textsOf(gate).reason).toContain("aaaaaa, bbbbbb, cccccc and 2 more");
    expect(textsOf(gate, "fr").reason).toContain("aaaaaa, bbbbbb, cccccc et 2 de plus");
  });
});

describe("the verdict in words", () => {
  const judged = (gates: readonly Gate[], more: object = {}) => ({
    verdict: "inconclusive" as const,
    timeIsUp: false,
    isHalted: false,
    gates: gates.map(explainGate),
    ...more,
  });
  const surge = gateOf("surge", "halt", "share", 0.11, 0.01);
  const sequential = gateOf("sequential", "halt", "evidence", 500, 100);
  const time = gateOf("time", "hold", "hours", 3, 48);

  it.each<[string, Parameters<typeof headline>[0], Parameters<typeof headline>[1], string, string]>([
    [
      "its own gates",
      judged([time, sequential, surge], { isHalted: true, verdict: "fail" }),
      { reason: "surge" },
      "Halted",
      "11% of operations failed in the last hours; at most 1% may.",
    ],
    [
      "an earlier ring, although its own gates pass",
      judged([], { isHalted: true, verdict: "pass" }),
      { after: "ring0" },
      "Halted",
      "The same build was halted in ring0.",
    ],
    [
      "a person",
      judged([time], { isHalted: true }),
      { by: "ann", reason: "No sound" },
      "Halted",
      "ann halted it: No sound",
    ],
    ["too little data", judged([time]), undefined, "Not yet", "Not enough evidence yet. Still open: Time."],
    [
      "the longest time",
      judged([time], { timeIsUp: true }),
      undefined,
      "Not yet",
      "The longest observation time is over: people must decide.",
    ],
    ["a pass", judged([], { verdict: "pass" }), undefined, "Pass", "Every gate passes. People may promote it."],
  ])("says why: %s", (_name, release, origin, word, sentence) => {
    expect([verdictWord(release, "en"), headline(release, origin, "en")]).toEqual([word, sentence]);
  });
});
