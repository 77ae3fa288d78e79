import { describe, expect, it } from "vitest";
import { countdownOf, daysUntil, shareLeft } from "../../src-renderer/features/license/countdown.ts";
import type { LicenseView } from "../../src-shared/ipc/index.ts";

const DAY = 86_400;
const END = 1_800_000_000;

function license(code: "OK" | "GRACE" = "OK"): LicenseView {
  return { code, customer: "K-1", ring: "ga", issued: END - 365 * DAY, expires: END, graceDaysLeft: 0 };
}

describe("the countdown before a license ends", () => {
  it.each([
    [30 * DAY + 1, null],
    [30 * DAY, { days: 30, id: `${END} 30` }],
    [7 * DAY + 1, { days: 8, id: `${END} 30` }],
    [7 * DAY, { days: 7, id: `${END} 7` }],
    [DAY + 1, { days: 2, id: `${END} 7` }],
    [DAY, { days: 1, id: `${END} 1` }],
    [1, { days: 1, id: `${END} 1` }],
    [0, null],
    [-1, null],
  ])("%i seconds before the end: %j", (before, expected) => {
    expect(countdownOf(license(), END - before)).toEqual(expected);
  });

  it("shows nothing in the grace period, which has its own notice", () => {
    expect(countdownOf(license("GRACE"), END - DAY)).toBeNull();
  });

  it("is shown again after a renewal that also ends soon", () => {
    const renewed = { ...license(), expires: END + DAY };
    expect(countdownOf(renewed, END - DAY)?.id).not.toBe(countdownOf(license(), END - 2 * DAY)?.id);
  });
});

describe("the bar", () => {
  it("goes from full to empty and never beyond either", () => {
    expect([-5, 0, 25, 100, 200].map((now) => shareLeft(0, 100, now))).toEqual([1, 1, 0.75, 0, 0]);
    expect(shareLeft(100, 100, 100)).toBe(0);
  });

  it("includes the current day", () => {
    expect([DAY + 1, DAY, 1, 0, -DAY].map((left) => daysUntil(END, END - left))).toEqual([2, 1, 1, 0, 0]);
  });
});
