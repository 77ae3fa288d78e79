import { expect, it } from "vitest";
import { findEntryFaults } from "../../../src-ops/licenses/register-faults.ts";
import type { RegisterEntry } from "../../../src-ops/register/index.ts";

const terms = {
  sub: "C-1",
  vaultId: "v",
  stickId: "s",
  mode: "device",
  ring: "ga",
  exp: 1,
  minApp: "0.0.0",
  kid: "k",
} as const;
type Kind = "license" | "renewal" | "restored";
const license = (kind: Kind, lid: string, seq: number, sha256 = `${lid} ${seq}`): RegisterEntry => ({
  kind,
  lid,
  seq,
  sha256,
  ...terms,
});
const list = (seq: number): RegisterEntry => ({
  kind: "revocation",
  seq,
  licenses: [],
  keys: [],
  kid: "r",
  sha256: `list ${seq}`,
});

it.each<[string, RegisterEntry[], RegExp[]]>([
  ["nothing", [], []],
  ["numbers that rise", [license("license", "a", 1), license("license", "b", 2), license("renewal", "a", 3)], []],
  ["one file twice", [license("license", "a", 1, "x"), license("license", "b", 2, "x")], [/lines 1 and 2 .+same file/]],
  [
    "one number twice",
    [license("license", "a", 1), license("renewal", "a", 1, "y")],
    [/line 2: number 1 is not above 1/],
  ],
  ["a number that falls", [license("license", "a", 5), license("license", "b", 4)], [/line 2: number 4 .+ 5/]],
  ["a renewal of an unknown license", [license("renewal", "a", 1)], [/line 1: license a was never issued/]],
  [
    "one id issued twice",
    [license("license", "a", 1), license("license", "a", 2)],
    [/line 2: license a was issued before/],
  ],
  ["lists that rise", [list(1), list(2)], []],
  [
    "a list's number twice",
    [list(2), { ...list(2), sha256: "z" } as RegisterEntry],
    [/revocation number 2 is not above 2/],
  ],
  [
    "a restart with restored entries below it",
    [{ kind: "restart", firstSeq: 10 }, license("restored", "a", 3), license("renewal", "a", 10)],
    [],
  ],
  [
    "a number below a restart",
    [{ kind: "restart", firstSeq: 10 }, license("license", "a", 9)],
    [/number 9 .+ above 9/],
  ],
])("judges %s", (_what, entries, expected) => {
  const faults = findEntryFaults(entries);
  expect(faults).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(faults[index]).toMatch(pattern);
});
