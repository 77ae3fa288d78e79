import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  ProblemReport,
  Diagnostics,
  MAX_DIAGNOSTICS,
  NOT_NOW,
  Opinion,
  Ticket,
  ticketOf,
  tidied,
} from "../../../src-shared/feedback/index.ts";
import { parseTelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import { feedbackEvent, problemEvent } from "../telemetry/events.ts";

const OPINION = { ...NOT_NOW, score: 8 };

describe("what people write", () => {
  it.each([
    ["a score above 10", { ...OPINION, score: 11 }],
    ["a score below 0", { ...OPINION, score: -1 }],
    ["half a point", { ...OPINION, score: 7.5 }],
    ["a line of two lines", { ...OPINION, well: "one\ntwo" }],
    ["a line that is too long", { ...OPINION, badly: "x".repeat(201) }],
    ["a comment that is too long", { ...OPINION, comment: "x".repeat(2_001) }],
    ["a bell", { ...OPINION, comment: "\u0007" }],
    ["a sequence that colours a terminal", { ...OPINION, contact: "\u001B[31m" }],
    ["another member", { ...OPINION, name: "somebody" }],
  ])("is refused with %s", (_name, opinion) => {
    expect(v.is(Opinion, opinion)).toBe(false);
  });

  it("may be in any language and of several lines where there is room", () => {
    expect(v.is(Opinion, { ...OPINION, well: "Très bien 👍", comment: "eins\n\tzwei" })).toBe(true);
    expect(v.is(ProblemReport, { words: "", contact: "" })).toBe(false);
    expect(v.is(Diagnostics, "x".repeat(MAX_DIAGNOSTICS + 1))).toBe(false);
  });

  it("is tidied so that what a person pasted is never the reason of a refusal", () => {
    const pasted = "  one\r\ntwo\u0000\u001B[2J \u0085 ";
    expect(tidied(pasted)).toBe("one\ntwo[2J");
    expect(v.is(Opinion, { ...OPINION, comment: tidied(pasted) })).toBe(true);
  });
});

describe("a ticket", () => {
  it("is eight letters and digits that nobody takes for each other", () => {
    expect(ticketOf(new Uint8Array([0, 1, 2, 3, 28, 29, 30, 255]))).toBe("ABCD-4567");
    for (let byte = 0; byte < 256; byte++) expect(v.is(Ticket, ticketOf(new Uint8Array(8).fill(byte)))).toBe(true);
    expect(() => ticketOf(new Uint8Array(7))).toThrow(RangeError);
  });
});

describe("the events", () => {
  it("are read as they were made", () => {
    for (const event of [feedbackEvent(1), feedbackEvent(2, NOT_NOW), problemEvent(3)]) {
      expect(parseTelemetryEvent(event)).toEqual({ ok: true, value: event });
    }
  });

  it("say nothing of a person who did not want to say anything", () => {
    for (const part of [{ well: "x" }, { badly: "x" }, { comment: "x" }, { contact: "x" }]) {
      expect(parseTelemetryEvent(feedbackEvent(1, { ...NOT_NOW, ...part }))).toEqual({ ok: false, error: "MALFORMED" });
    }
  });
});
