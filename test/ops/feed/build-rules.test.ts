import { describe, expect, it } from "vitest";
import { judgeStep } from "../../../src-ops/feed/rules.ts";

// An imported draft may list builds that no command of vaultctl would add.
const RINGS = { ring0: {}, ring1: {}, ga: {} };
const SECURITY = { v: 1, seq: 1, buildFloor: 0, revokedBuilds: [] };
const build = (id: string, version: string, buildEpoch = 1) => [id, { id, version, buildEpoch, files: [] }] as const;

function codeOf(before: readonly (readonly [string, object])[], added: readonly (readonly [string, object])[]) {
  const state = (builds: readonly (readonly [string, object])[]) => ({
    builds: new Map(builds),
    security: SECURITY,
    rings: RINGS,
  });
  const step = { before: state(before), after: state([...before, ...added]), keyrings: {} };
  const judged = judgeStep(step as unknown as Parameters<typeof judgeStep>[0]);
  return judged.ok ? "ok" : judged.error.code;
}

describe("what a change may add to the list of builds", () => {
  it.each([
    ["a newer version", [build("b", "1.1.0")], "ok"],
    ["a version that another build has", [build("b", "1.0.0")], "BUILD_EXISTS"],
    ["two builds of one version at once", [build("b", "1.1.0"), build("c", "1.1.0")], "BUILD_EXISTS"],
    ["a newer version of a lower epoch", [build("b", "1.1.0", 0)], "BUILD_BELOW_FLOOR"],
  ])("%s: %s", (_name, added, code) => {
    expect(codeOf([build("a", "1.0.0")], added)).toBe(code);
  });
});
