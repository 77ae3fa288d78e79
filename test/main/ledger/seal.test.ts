import { describe, expect, it } from "vitest";
import { seal, unseal } from "../../../src-main/ledger/seal.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";

const key = testSeed("ledger");
const FILE = ["uvv-ledger-file/1"] as const;
const KEYCHAIN = ["uvv-ledger-keychain/1"] as const;
const stick = (name: string) => ["uvv-ledger-stick/1", testId(name)] as const;
const sealed = seal(key, FILE, '{"gen":1}');

describe("a seal", () => {
  it("holds for the text, the key and the context it was made for", () => {
    expect(unseal(key, FILE, sealed)).toBe('{"gen":1}');
  });

  it.each([
    ["another key", testSeed("other"), FILE, sealed],
    ["the place of the keychain", key, KEYCHAIN, sealed],
    ["a stick", key, stick("a"), sealed],
    ["another stick", key, stick("b"), seal(key, stick("a"), "x")],
    ["a changed text", key, FILE, sealed.replace("1}", "2}")],
    ["a changed end", key, FILE, sealed.replace(/.$/, (end) => (end === "A" ? "E" : "A"))],
    ["a seal cut short", key, FILE, sealed.slice(0, -4)],
    ["no seal", key, FILE, '{"gen":1}'],
    ["nothing", key, FILE, ""],
  ] as const)("does not hold for %s", (_name, otherKey, context, text) => {
    expect(unseal(otherKey, context, text)).toBeUndefined();
  });
});
