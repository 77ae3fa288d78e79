import { describe, expect, it } from "vitest";
import { addDuration, parseDuration, parseMoment } from "../../src-ops/calendar.ts";

const at = (text: string) => Date.parse(text) / 1_000;

describe("a duration", () => {
  it.each([
    ["365", { months: 0, days: 365 }],
    ["30d", { months: 0, days: 30 }],
    ["6w", { months: 0, days: 42 }],
    ["6m", { months: 6, days: 0 }],
    ["1Y", { months: 12, days: 0 }],
    ["P1Y6M", { months: 18, days: 0 }],
    ["P2W3D", { months: 0, days: 17 }],
    ["100y", { months: 1_200, days: 0 }],
    ["36500", { months: 0, days: 36_500 }],
  ])("is %s", (text, expected) => {
    expect(parseDuration(text)).toEqual(expected);
  });

  it.each(["", "0", "0y", "P", "P0D", "1h", "-1", "+1", "1.5", "1 y", "1y6m", "101y", "36501", "P1201M", "1e2", "١"])(
    "is not %s",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    ["2026-01-31T10:00:00Z", "1m", "2026-02-28T10:00:00Z"],
    ["2028-02-29T10:00:00Z", "1y", "2029-02-28T10:00:00Z"],
    ["2026-12-15T00:00:00Z", "1m", "2027-01-15T00:00:00Z"],
    ["2026-11-30T23:59:59Z", "3m", "2027-02-28T23:59:59Z"],
    ["2026-03-28T12:00:00Z", "2d", "2026-03-30T12:00:00Z"],
    ["2026-11-30T12:00:00Z", "1y", "2027-11-30T12:00:00Z"],
  ])("after %s, %s later, is %s", (from, text, expected) => {
    expect(addDuration(at(from), parseDuration(text)!)).toBe(at(expected));
  });
});

describe("a moment", () => {
  it.each([
    ["2027-03-31", "2027-03-31T23:59:59Z"],
    ["2028-02-29", "2028-02-29T23:59:59Z"],
    ["2027-03-31T18:00Z", "2027-03-31T18:00:00Z"],
    ["2027-03-31T18:00:30+02:00", "2027-03-31T16:00:30Z"],
    ["1806537599", "2027-03-31T23:59:59Z"],
    ["9999-12-31", "9999-12-31T23:59:59Z"],
  ])("is %s", (text, expected) => {
    expect(parseMoment(text)).toBe(at(expected));
  });

  it.each([
    "",
    "2027-04-31",
    "2027-02-29",
    "2027-13-01",
    "31.03.2027",
    "03/31/2027",
    "2027-3-31",
    "2027-03-31T18:00",
    "2027-03-31T25:00Z",
    "9999-12-31T23:59-01:00",
    "253402300800",
    "-1",
    "tomorrow",
  ])("is not %s", (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });
});
