import { describe, expect, it } from "vitest";
import { canBeIdOf, watermarkOf } from "../../src-shared/watermark.ts";

const LID = "3rm67wzeabcdefghijklmnopqr";

it("is the customer's number, the beginning of the license's id, and the day", () => {
  expect(watermarkOf({ sub: "C-0042", lid: LID }, "2026-01-05")).toBe("C-0042 · 3rm67wze · 2026-01-05");
});

describe("the id of a license", () => {
  it.each([
    ["as it is drawn", "3rm67wze"],
    ["in capitals", "3RM67WZE"],
    ["with letters that cannot be read", "3?m6??ze"],
    ["with letters and digits that look alike", "3rm6twze"],
    ["with a 2 for a z", "3rm67w2e"],
  ])("is found %s", (_how, read) => {
    expect(canBeIdOf(LID, read)).toBe(true);
  });

  it.each([
    ["of another license", "3rm67wzf"],
    ["that is cut off", "3rm67wz"],
    ["that is longer", "3rm67wzea"],
    ["of which too little can be read", "3r??????"],
    ["of nothing", ""],
  ])("is not one %s", (_how, read) => {
    expect(canBeIdOf(LID, read)).toBe(false);
  });
});
