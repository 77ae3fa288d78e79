import { describe, expect, it } from "vitest";
import { electronSupport, refuseUnsupported, STABLE_RELEASES, TABLE_READ_ON } from "../../build/electron-support.ts";

describe("Electron's support of a version", () => {
  it.each([
    ["45.3.4", "2026-11-30", { kind: "supported", until: "2027-04-07" }],
    ["44.0.0", "2026-11-30", { kind: "supported", until: "2027-02-10" }],
    ["43.8.12", "2026-11-30", { kind: "supported", until: "2026-12-16" }],
    ["43.8.12", "2026-12-15", { kind: "supported", until: "2026-12-16" }],
    ["43.8.12", "2026-12-16", { kind: "ended", since: "2026-12-16" }],
    ["42.0.0", "2026-10-20", { kind: "supported", until: "2026-10-21" }],
    ["42.0.0", "2026-10-21", { kind: "ended", since: "2026-10-21" }],
    ["41.7.1", "2026-11-30", { kind: "ended", since: "2026-08-25" }],
    ["9.4.4", "2026-11-30", { kind: "ended", since: "2026-01-16" }],
  ] as const)("of %s on %s", (version, today, support) => {
    expect(electronSupport(version, today)).toEqual(support);
  });

  it.each([
    ["46.0.0", "2026-11-30"],
    ["45.0.0-beta.1", "2026-11-30"],
    ["latest", "2026-11-30"],
    ["", "2026-11-30"],
  ])("is unknown for %j", (version, today) => {
    expect(electronSupport(version, today).kind).toBe("unknown");
  });

  it("is unknown when the table has not been read for half a year, and ended when the plan says so", () => {
    expect(TABLE_READ_ON).toBe("2026-11-30");
    expect(electronSupport("45.3.4", "2027-04-06").kind).toBe("supported");
    expect(electronSupport("45.3.4", "2027-04-07").kind).toBe("ended");
    // A later major is not in the table, whose age is told before its end.
    expect(electronSupport("46.0.0", "2027-06-01").kind).toBe("unknown");
  });

  it("has one date for each major, in order, and none after the table was read", () => {
    const majors = [...STABLE_RELEASES.keys()];
    expect(majors).toEqual(majors.map((_, index) => majors[0]! + index));
    const days = [...STABLE_RELEASES.values()];
    expect(days).toEqual(days.toSorted());
    expect(days.every((day) => day <= TABLE_READ_ON)).toBe(true);
  });

  it("decides whether a release may be built", () => {
    expect(() => refuseUnsupported("45.3.4", "2026-11-30")).not.toThrow();
    expect(() => refuseUnsupported("42.0.0", "2026-11-30")).toThrow("out of support since 2026-10-21");
    expect(() => refuseUnsupported("46.0.0", "2026-11-30")).toThrow("nobody knows");
  });
});
