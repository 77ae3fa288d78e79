import { expect, it } from "vitest";
import { describeResult } from "../../../build/windows/last-result.ts";

const stored = (over: object = {}) =>
  JSON.stringify({
    commit: "0123456789",
    date: "2026-11-30",
    on: "wine-10.0",
    passed: 12,
    failed: 1,
    skipped: 2,
    ...over,
  });

it("says what was tested, when and on what", () => {
  expect(describeResult(stored(), "0123456789")).toBe(
    "npm run windows: 12 passed, 1 failed, 2 skipped on 2026-11-30, on wine-10.0, of this commit",
  );
});

it("says when the result is of another commit, or of files that have changed since", () => {
  expect(describeResult(stored(), "9999999999")).toContain("of commit 0123456789, not this one");
  expect(describeResult(stored(), "0123456789+")).toContain("of commit 0123456789, not this one");
  expect(describeResult(stored({ commit: "0123456789+" }), "0123456789+")).toContain(
    "of commit 0123456789 with changes",
  );
});

it("says that it never ran, and never takes a broken file for a result", () => {
  expect(describeResult(undefined, "0123456789")).toBe("npm run windows: never run here");
  for (const text of ["", "null", "{}", "[]", stored({ passed: "12" }), stored({ failed: undefined })])
    expect(describeResult(text, "0123456789")).toBe("npm run windows: its last result cannot be read");
});
