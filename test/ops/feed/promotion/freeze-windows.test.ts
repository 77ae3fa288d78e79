import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPolicy, windowAt } from "../../../../src-ops/gates/index.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";
import { defaultPolicy, POLICY_BYTES } from "../../gates/facts.ts";

const ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Span = { readonly days: readonly (typeof ALL_DAYS)[number][]; readonly from: number; readonly to: number };

const { windows } = defaultPolicy().promotion;
function fitAt(moment: string, { days, from, to }: Span, zone = "Europe/Paris") {
  return windowAt(
    { ...windows, zone, preferred: [], never: [{ days: [...days], from, to }] },
    Date.parse(moment) / 1_000,
  );
}

describe("a freeze over midnight", () => {
  const nightly: Span = { days: ALL_DAYS, from: 22, to: 6 };
  const monday: Span = { ...nightly, days: ["mon"] };

  it.each([
    ["at 21:59", nightly, "2026-11-24T21:59:59+01:00", "possible"],
    ["at 22:00", nightly, "2026-11-24T22:00:00+01:00", "never"],
    ["at midnight", nightly, "2026-11-25T00:00:00+01:00", "never"],
    ["at 05:59", nightly, "2026-11-25T05:59:59+01:00", "never"],
    ["at 06:00", nightly, "2026-11-25T06:00:00+01:00", "possible"],
    ["of Monday, on Monday evening", monday, "2026-11-23T23:00:00+01:00", "never"],
    ["of Monday, on Tuesday morning", monday, "2026-11-24T05:00:00+01:00", "never"],
    ["of Monday, on Monday morning", monday, "2026-11-23T05:00:00+01:00", "possible"],
    ["of Monday, on Tuesday evening", monday, "2026-11-24T23:00:00+01:00", "possible"],
    ["of Sunday, on Monday morning", { ...nightly, days: ["sun"] }, "2026-11-23T05:00:00+01:00", "never"],
    ["until midnight, at 23:59", { ...nightly, to: 0 }, "2026-11-24T23:59:59+01:00", "never"],
    ["until midnight, at midnight", { ...nightly, to: 0 }, "2026-11-25T00:00:00+01:00", "possible"],
    ["until 24, at 23:59", { ...nightly, to: 24 }, "2026-11-24T23:59:59+01:00", "never"],
  ] as const)("%s", (_name, span, moment, fit) => {
    expect(fitAt(moment, span)).toBe(fit);
  });

  it("follows the clock of its zone in the nights in which that changes", () => {
    // 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
    const hours = (from: string, count: number) =>
      Array.from({ length: count }, (_, hour) =>
        fitAt(new Date(Date.parse(from) + hour * 3_600_000).toISOString(), nightly),
      );
    const spring = hours("2026-03-28T20:00:00Z", 10);
    expect(spring.map((fit) => fit === "never")).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    const autumn = hours("2026-10-24T19:00:00Z", 12);
    expect(autumn.filter((fit) => fit === "never")).toHaveLength(9);
    // Each hour of the day that is there twice.
    const both = ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"];
    expect(both.map((moment) => fitAt(moment, nightly))).toEqual(["never", "never"]);
  });

  it("belongs to the day on which it begins there, whatever the day elsewhere", () => {
    // Tuesday 23:00 in Auckland is Tuesday 11:00 in Paris.
    expect(fitAt("2026-11-24T10:00:00Z", { ...nightly, days: ["tue"] }, "Pacific/Auckland")).toBe("never");
    expect(fitAt("2026-11-24T16:00:00Z", { ...nightly, days: ["tue"] }, "Pacific/Auckland")).toBe("never");
    expect(fitAt("2026-11-24T16:00:00Z", { ...nightly, days: ["wed"] }, "Pacific/Auckland")).toBe("possible");
  });
});

describe("a policy with nonsense for a window", () => {
  const faultsOf = async (...changes: readonly (readonly [string, string])[]) => {
    const path = join(temporaryFolder(), "policy.json");
    const text = changes.reduce((changed, [from, to]) => {
      expect(changed).toContain(from);
      return changed.replace(from, to);
    }, POLICY_BYTES.toString("utf8"));
    writeFileSync(path, text);
    const policy = await readPolicy(path);
    return policy.ok ? "" : `${policy.error.code} ${policy.error.message}`;
  };

  it.each([
    ["24:30", '"to": 17', '"to": "24:30"', '"promotion.windows.preferred.0.to" must be a whole hour from 0 to 24'],
    ["hour 25", '"to": 17', '"to": 25', '"promotion.windows.preferred.0.to" must be a whole hour from 0 to 24'],
    ["half an hour", '"from": 14', '"from": 14.5', "must be a whole hour from 0 to 24"],
    ["a negative hour", '"from": 14', '"from": -1', "must be a whole hour from 0 to 24"],
    ["an empty time", '"to": 17', '"to": 14', '"promotion.windows.preferred.0" begins and ends at the same hour'],
    [
      "midnight to midnight",
      '"from": 14,\n          "to": 17',
      '"from": 24,\n          "to": 0',
      "begins and ends at the same hour",
    ],
    ["a start at 24", '"from": 14', '"from": 24', "begins at 24: write 0, and the day after"],
    ["an unknown day", '"tue"', '"dies"', "must be one of mon, tue, wed, thu, fri, sat, sun"],
    ["no day", '["tue", "wed", "thu"]', "[]", "must name at least one day"],
    [
      "an unknown zone",
      "Europe/Paris",
      "Europe/Nowhere",
      '"promotion.windows.zone" must be a time zone such as Europe/Paris',
    ],
    ["an empty zone", "Europe/Paris", "", "must be a time zone such as Europe/Paris"],
  ])("is refused for %s, with a sentence", async (_name, from, to, sentence) => {
    const faults = await faultsOf([from, to]);
    expect(faults).toMatch(/^POLICY_INVALID /);
    expect(faults).toContain(sentence);
  });

  it("is refused with all of its faults", async () => {
    const faults = await faultsOf(['"to": 17', '"to": 25'], ["Europe/Paris", "Nowhere"], ['"least": 3', '"leest": 3']);
    for (const member of ["preferred.0.to", "windows.zone", "pilots.leest"]) expect(faults).toContain(member);
  });
});
