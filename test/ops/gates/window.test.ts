import { describe, expect, it } from "vitest";
import { windowAt } from "../../../src-ops/gates/index.ts";
import { parsePolicy } from "../../../src-ops/gates/policy.ts";
import { defaultPolicy, POLICY_BYTES } from "./facts.ts";

const { windows } = defaultPolicy().promotion;
const fitAt = (moment: string) => windowAt(windows, Date.parse(moment) / 1_000);

describe("the release windows (R-17), in the time zone of the policy", () => {
  it.each([
    ["Tuesday at 14:00", "2026-11-24T14:00:00+01:00", "preferred"],
    ["Thursday at 16:59", "2026-11-26T16:59:59+01:00", "preferred"],
    ["Thursday at 17:00", "2026-11-26T17:00:00+01:00", "possible"],
    ["Tuesday at 13:59", "2026-11-24T13:59:59+01:00", "possible"],
    ["Monday at midnight", "2026-11-23T00:00:00+01:00", "never"],
    ["Monday at 11:59", "2026-11-23T11:59:59+01:00", "never"],
    ["Monday at noon", "2026-11-23T12:00:00+01:00", "possible"],
    ["Friday at 16:59", "2026-11-27T16:59:59+01:00", "possible"],
    ["Friday at 17:00", "2026-11-27T17:00:00+01:00", "never"],
    ["Friday at 23:59", "2026-11-27T23:59:59+01:00", "never"],
    ["Saturday", "2026-11-28T15:00:00+01:00", "never"],
    ["Sunday", "2026-11-29T23:59:59+01:00", "never"],
  ])("on %s", (_name, moment, fit) => {
    expect(fitAt(moment)).toBe(fit);
  });

  it("follow daylight saving time, not the computer's clock", () => {
    expect(fitAt("2026-07-07T12:00:00Z")).toBe("preferred");
    expect(fitAt("2026-11-24T12:00:00Z")).toBe("possible");
    // Sunday evening in UTC is Monday in Paris.
    expect(fitAt("2026-11-22T23:30:00Z")).toBe("never");
    expect(windowAt({ ...windows, zone: "Pacific/Auckland" }, Date.parse("2026-11-27T12:00:00Z") / 1_000)).toBe(
      "never",
    );
  });
});

describe("the promotion part of a policy", () => {
  const parsed = (from: string, to: string) => {
    const text = POLICY_BYTES.toString("utf8");
    expect(text).toContain(from);
    return parsePolicy(Buffer.from(text.replace(from, to))).ok;
  };

  it.each([
    ["an unknown time zone", "Europe/Paris", "Europe/Nowhere"],
    ["a 25th hour", '"to": 17', '"to": 25'],
    ["an unknown day", '"tue"', '"dies"'],
    ["a minimum of pilots above the maximum", '"least": 3', '"least": 6'],
    ["decreasing shares", '"basisPoints": 5000', '"basisPoints": 500'],
    ["shares that end below 100 %", '"basisPoints": 10000', '"basisPoints": 9000'],
    ["another lane", '"p3"', '"p4"'],
  ])("is refused with %s", (_name, from, to) => {
    expect(parsed(from, from)).toBe(true);
    expect(parsed(from, to)).toBe(false);
  });
});
