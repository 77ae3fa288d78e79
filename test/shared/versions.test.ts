import { describe, expect, it } from "vitest";
import { compareVersions } from "../../src-shared/versions.ts";

describe("versions", () => {
  it.each([
    ["1.2.3", "1.2.3", 0],
    ["1.2.10", "1.2.9", 1],
    ["1.10.0", "1.9.99", 1],
    ["1.0.0", "2.0.0", -1],
    ["1.2.3-beta.9", "1.2.3", 0],
    ["1.2.3+build", "1.2.4", -1],
    ["development", "0.0.0", -1],
    ["1.2", "0.0.0", -1],
    ["1.2.3x", "0.0.0", -1],
    ["", "development", 0],
  ])("%s against %s", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});
