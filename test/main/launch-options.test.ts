import { expect, it } from "vitest";
import { parseLaunchOptions } from "../../src-main/launch-options.ts";

it("reads both spellings, several vaults, and the last trust folder", () => {
  expect(
    parseLaunchOptions(["electron", ".", "--vault", "/a", "--no-sandbox", "--vault=/b/../c", "--trust", "/t"]),
  ).toEqual({
    vaults: ["/a", "/c"],
    trust: "/t",
  });
});

it("does not take another option for a value", () => {
  expect(parseLaunchOptions(["electron", ".", "--vault", "--trust"])).toEqual({ vaults: [], trust: undefined });
});

it("takes nothing that follows the end of the options, where a link stands", () => {
  expect(parseLaunchOptions(["app", "--vault=/a", "--", "--trust", "/evil", "--vault=/evil"])).toEqual({
    vaults: ["/a"],
    trust: undefined,
  });
});
