import { describe, expect, it } from "vitest";
import {
  addedProtection,
  type CaptureDecision,
  CAPTURES,
  decideCaptures,
  isUnprotected,
  type Protection,
  strictest,
  UNPROTECTED,
  WATERMARKS,
} from "../../src-shared/protection.ts";

describe("the stricter of a vault's and a license's protection", () => {
  it("is never weaker than one of them, for every pair", () => {
    for (const [place, capture] of CAPTURES.entries()) {
      for (const [added, ofLicense] of CAPTURES.entries()) {
        const together = strictest({ capture, watermark: "corner" }, { capture: ofLicense });
        expect(CAPTURES.indexOf(together.capture)).toBe(Math.max(place, added));
        expect(together.watermark).toBe("corner");
      }
    }
    for (const [place, watermark] of WATERMARKS.entries()) {
      for (const [added, ofLicense] of WATERMARKS.entries()) {
        const together = strictest({ capture: "block", watermark }, { watermark: ofLicense });
        expect(WATERMARKS.indexOf(together.watermark)).toBe(Math.max(place, added));
        expect(together.capture).toBe("block");
      }
    }
  });

  it("is that of the vault where the license asks for nothing", () => {
    const vault: Protection = { capture: "require", watermark: "moving" };
    expect(strictest(vault, {})).toEqual(vault);
    expect(isUnprotected(strictest(UNPROTECTED, {}))).toBe(true);
    expect(isUnprotected(strictest(UNPROTECTED, { watermark: "corner" }))).toBe(false);
  });
});

describe("screen captures", () => {
  it.each<[Protection["capture"], boolean, CaptureDecision]>([
    ["allow", true, "allowed"],
    ["allow", false, "allowed"],
    ["block", true, "blocked"],
    ["block", false, "not-blocked"],
    ["require", true, "blocked"],
    ["require", false, "refused"],
  ])("%s, on a computer that can block them (%s): %s", (capture, canBlock, decision) => {
    expect(decideCaptures({ capture, watermark: "none" }, canBlock)).toBe(decision);
  });
});

it("options that are not given add nothing", () => {
  expect(addedProtection({})).toEqual({});
  expect(addedProtection({ watermark: "none" })).toEqual({ watermark: "none" });
});
