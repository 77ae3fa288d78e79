import { expect, it } from "vitest";
import { parseLaunchOptions } from "../../../src-main/app/launch-options.ts";

it("reads both spellings, several vaults, and the last trust folder", () => {
  expect(
    parseLaunchOptions(["electron", ".", "--vault", "/a", "--no-sandbox", "--vault=/b/../c", "--trust", "/t"]),
  ).toEqual({
    vaults: ["/a", "/c"],
    trust: "/t",
    feed: undefined,
    ingest: undefined,
    packageKind: undefined,
    isAfterFailure: false,
  });
  expect(parseLaunchOptions(["app", "--feed=http://127.0.0.1:1", "--package-kind", "deb"])).toMatchObject({
    feed: "http://127.0.0.1:1",
    packageKind: "deb",
    isAfterFailure: false,
  });
});

it("does not take another option for a value", () => {
  expect(parseLaunchOptions(["electron", ".", "--vault", "--trust"])).toMatchObject({ vaults: [], trust: undefined });
});

it("takes nothing that follows the end of the options, where a link stands", () => {
  expect(
    parseLaunchOptions(["app", "--vault=/a", "--", "--trust", "/evil", "--vault=/evil", "--feed=http://127.0.0.1:1"]),
  ).toEqual({
    vaults: ["/a"],
    trust: undefined,
    feed: undefined,
    ingest: undefined,
    packageKind: undefined,
    isAfterFailure: false,
  });
});
