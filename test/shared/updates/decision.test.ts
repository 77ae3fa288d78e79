import { describe, expect, it } from "vitest";
import { EMPTY_LEDGER } from "../../../src-shared/ledger/index.ts";
import { type BuildId, listBuilds } from "../../../src-shared/updates/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { haltClaims, releaseClaims, securityClaims } from "./documents.ts";
import { BUILDS, decide, feed, forwardOf, haltOf, countedDocument, T, target } from "./feeds.ts";

const held = (reason: string, build?: string) => ({ kind: "hold", reason, build });
const installs = (move: string, build: string) => ({
  kind: "install",
  move,
  build: { buildId: build, version: `${build.at(-1)}.0.0` },
  file: { path: `builds/${build}/app_${build.at(-1)}.0.0.deb`, length: 1000, sha256: "ab".repeat(32) },
});
const pinned = (...builds: string[]) => ({ rolledBack: new Set(builds as BuildId[]) });
const security = (members: object) => feed({ security: countedDocument(securityClaims(members)) });
const back = { kind: "rollback", build: "build-1", from: ["build-2", "build-3"], fallback: null };
const undone = { build: "build-2", generation: 1, seq: 4 };

describe("a ring that moves forward", () => {
  it.each([
    ["installs its build", feed(), {}, installs("forward", "build-2")],
    ["does nothing if it is running", feed(), { here: { version: "2.0.0" } }, { kind: "current" }],
    ["does nothing without a release", feed({ release: undefined }), {}, held("NO_RELEASE")],
    [
      "accepts no release of the day after tomorrow",
      forwardOf({ issued: T + 2 * DAY }),
      {},
      held("NOT_YET", "build-2"),
    ],
    [
      "accepts one of a clock that is an hour ahead",
      forwardOf({ issued: T + 3600 }),
      {},
      installs("forward", "build-2"),
    ],
    ["accepts no build that is not listed", forwardOf({ build: "build-9" }), {}, held("NOT_LISTED", "build-9")],
    ["accepts no file for another system", feed(), { here: { platform: "win32" } }, held("NO_FILE", "build-2")],
    ["accepts no file for another processor", feed(), { here: { arch: "arm64" } }, held("NO_FILE", "build-2")],
    ["accepts no file of another kind", feed(), { here: { kind: "zip" } }, held("NO_FILE", "build-2")],
    [
      "does not skip a required version in between",
      forwardOf({ minSource: "1.5.0" }),
      {},
      held("SOURCE_TOO_OLD", "build-2"),
    ],
    ["never installs a lower version", feed(), { here: { version: "3.0.0" } }, held("OLDER", "build-2")],
    [
      "never installs a lower version if a person asks",
      feed(),
      { here: { version: "3.0.0" }, trigger: "by-hand" },
      held("OLDER", "build-2"),
    ],
  ] as const)("%s", (_name, given, situation, outcome) => {
    expect(decide(given, situation)).toMatchObject(outcome);
  });
});

describe("a share of a ring", () => {
  const none = { basisPoints: 0 };
  it.each([
    ["changes nothing for the others", forwardOf({ ...none, fallback: null }), {}, held("NOT_IN_SHARE", "build-2")],
    [
      "gives the others the previous stable build",
      forwardOf({ ...none, build: "build-3", fallback: "build-2" }),
      {},
      installs("fallback", "build-2"),
    ],
    ["keeps the others on that build", forwardOf(none), {}, { kind: "current" }],
    [
      "takes nobody back to it",
      forwardOf({ ...none, build: "build-3" }),
      { here: { version: "2.0.0" } },
      held("OLDER", "build-1"),
    ],
    [
      "changes nothing for those who already have the build",
      forwardOf(none),
      { here: { version: "2.0.0" } },
      { kind: "current" },
    ],
    ["does not apply to a person who asks", forwardOf(none), { trigger: "by-hand" }, installs("forward", "build-2")],
    ["does not apply to a critical update", forwardOf({ ...none, critical: true }), {}, installs("forward", "build-2")],
    [
      "does not require the previous build to allow the source of the next",
      forwardOf({ ...none, build: "build-3", fallback: "build-2", minSource: "2.0.0" }),
      {},
      installs("fallback", "build-2"),
    ],
  ] as const)("%s", (_name, given, situation, outcome) => {
    expect(decide(given, situation)).toMatchObject(outcome);
  });
});

describe("a rollback", () => {
  const from3 = { here: { version: "3.0.0" } };
  it.each([
    ["goes back from a build that it names", forwardOf(back), from3, installs("rollback", "build-1")],
    ["is complete if the older build runs", forwardOf(back), {}, { kind: "current" }],
    [
      "does not change a build that it does not name",
      forwardOf({ ...back, from: ["build-2"] }),
      from3,
      held("NOT_IN_FROM", "build-1"),
    ],
    [
      "does not change an app that is not listed",
      forwardOf(back),
      { here: { version: "3.0.1" } },
      held("NOT_IN_FROM", "build-1"),
    ],
    [
      "never goes below the floor",
      feed({
        release: countedDocument(releaseClaims(back)),
        security: countedDocument(securityClaims({ buildFloor: 2 })),
      }),
      from3,
      held("BELOW_FLOOR", "build-1"),
    ],
    [
      "never goes below the floor that was seen",
      forwardOf(back),
      { ...from3, head: { buildFloor: 2 } },
      held("BELOW_FLOOR", "build-1"),
    ],
    [
      "never goes below the compiled floor",
      forwardOf(back),
      { here: { version: "3.0.0", buildFloor: 2 } },
      held("BELOW_FLOOR", "build-1"),
    ],
    [
      "does not go back to a halted build",
      feed({ release: countedDocument(releaseClaims(back)), halts: haltOf({ build: "build-1" }) }),
      from3,
      held("HALTED", "build-1"),
    ],
    [
      "does not go back to a build that was rolled back itself",
      forwardOf(back),
      { here: { version: "3.0.0", ...pinned("build-1") } },
      held("ROLLED_BACK", "build-1"),
    ],
  ] as const)("%s", (_name, given, situation, outcome) => {
    expect(decide(given, situation)).toMatchObject(outcome);
  });

  it("does not assume a build if two builds have the same version", () => {
    const builds = listBuilds([...BUILDS, target("build-3b", { version: "3.0.0", buildEpoch: 3 })]);
    expect(decide(feed({ release: countedDocument(releaseClaims(back)), builds }), from3)).toEqual(
      held("NOT_IN_FROM", "build-1"),
    );
  });

  it("is not undone by the next release of the same build, unless that is a resume", () => {
    const here = { version: "1.0.0", ...pinned("build-2") };
    expect(decide(feed(), { here })).toEqual(held("ROLLED_BACK", "build-2"));
    expect(decide(feed(), { here, trigger: "by-hand" })).toEqual(held("ROLLED_BACK", "build-2"));
    expect(decide(forwardOf({ kind: "resume", resumed: [undone] }), { here })).toMatchObject(
      installs("forward", "build-2"),
    );
    expect(decide(forwardOf({ build: "build-3" }), { here })).toMatchObject(installs("forward", "build-3"));
  });
});

describe("a halt", () => {
  const halted = (release: object, halt = {}, generation = 1) =>
    feed({ release: countedDocument(releaseClaims(release)), halts: haltOf(halt, generation) });
  it.each([
    ["stops its build", halted({}), {}, held("HALTED", "build-2")],
    ["stops it for a person who asks", halted({}), { trigger: "by-hand" }, held("HALTED", "build-2")],
    ["stops a critical update", halted({ critical: true }), {}, held("HALTED", "build-2")],
    ["is reported if its build runs", halted({}), { here: { version: "2.0.0" } }, held("HALTED", "build-2")],
    [
      "stops it as the previous stable build too",
      halted({ build: "build-3", fallback: "build-2", basisPoints: 0 }),
      {},
      held("HALTED", "build-2"),
    ],
    ["does not affect the next build", halted({ build: "build-3" }), {}, installs("forward", "build-3")],
    [
      "is undone by the resume that names it",
      halted({ kind: "resume", resumed: [undone] }),
      {},
      installs("forward", "build-2"),
    ],
    [
      "stays undone in the next stage, which names it too",
      halted({ resumed: [undone] }),
      {},
      installs("forward", "build-2"),
    ],
    [
      "is not undone by a resume of an earlier halt",
      halted({ kind: "resume", resumed: [{ ...undone, seq: 3 }] }),
      {},
      held("HALTED", "build-2"),
    ],
    [
      "is not undone by a resume of an earlier generation",
      halted({ kind: "resume", resumed: [undone] }, {}, 2),
      {},
      held("HALTED", "build-2"),
    ],
  ] as const)("%s", (_name, given, situation, outcome) => {
    expect(decide(given, situation)).toMatchObject(outcome);
  });
});

describe("the restrictions of the targets role", () => {
  it.each([
    ["refuse a revoked build", security({ revokedBuilds: ["build-2"] }), {}, held("REVOKED", "build-2")],
    [
      "refuse it to a person who asks",
      security({ revokedBuilds: ["build-2"] }),
      { trigger: "by-hand" },
      held("REVOKED", "build-2"),
    ],
    ["refuse a build below the floor", security({ buildFloor: 3 }), {}, held("BELOW_FLOOR", "build-2")],
    ["accept a build at the floor", security({ buildFloor: 2 }), {}, installs("forward", "build-2")],
    [
      "cannot lower the floor again",
      security({ buildFloor: 0, seq: 9 }),
      { head: { buildFloor: 3 } },
      held("BELOW_FLOOR", "build-2"),
    ],
  ] as const)("%s", (_name, given, situation, outcome) => {
    expect(decide(given, situation)).toMatchObject(outcome);
  });
});

describe("a replayed feed", () => {
  const counters = (members: object) => ({ updates: { ...EMPTY_LEDGER.updates, ...members } });
  const at = (generation: number, sequence: number, payloadHash = "A".repeat(11)) =>
    new Map([["ga", { generation, sequence, payloadHash }]]);
  const role = (name: string, generation: number, sequence: number) => new Map([[name, { generation, sequence }]]);
  const shown = countedDocument(releaseClaims()).counter.payloadHash.slice(0, 11);
  it.each([
    ["by metadata of an older version", feed(), counters({ roles: role("timestamp", 1, 10) }), "METADATA_REPLAYED"],
    ["by an older release", feed(), counters({ rings: at(1, 8) }), "RELEASE_REPLAYED"],
    ["by another release with the same number", feed(), counters({ rings: at(1, 7) }), "RELEASE_REPLAYED"],
    ["by a release of an older generation", feed(), counters({ rings: at(2, 1) }), "RELEASE_REPLAYED"],
    ["by a missing release", feed({ release: undefined }), counters({ rings: at(1, 1) }), "RELEASE_REPLAYED"],
    ["by an older halt", feed({ halts: haltOf() }), counters({ halts: at(1, 5) }), "HALT_REPLAYED"],
    ["by a missing halt", feed(), counters({ halts: at(1, 1) }), "HALT_REPLAYED"],
    ["by an older security document", feed(), counters({ roles: role("security.json", 1, 2) }), "SECURITY_REPLAYED"],
    [
      "by a missing security document",
      feed({ security: undefined }),
      counters({ roles: role("security.json", 1, 1) }),
      "SECURITY_REPLAYED",
    ],
  ] as const)("is refused: %s", (_name, given, head, code) => {
    expect(decide(given, { head })).toEqual({ kind: "refused", code });
  });

  it("does not include one that was seen before unchanged, or one of a newer generation", () => {
    expect(decide(feed(), { head: counters({ rings: at(1, 7, shown) }) })).toMatchObject(
      installs("forward", "build-2"),
    );
    const recovered = feed({ release: countedDocument(releaseClaims({ seq: 1 }), 2) });
    expect(decide(recovered, { head: counters({ rings: at(1, 2 ** 53 - 1) }) })).toMatchObject({ kind: "install" });
    const rehalted = feed({ halts: countedDocument(haltClaims({ seq: 1, build: "build-1" }), 2) });
    expect(decide(rehalted, { head: counters({ halts: at(1, 2 ** 53 - 1) }) })).toMatchObject({ kind: "install" });
  });

  it("of one ring does not affect another", () => {
    const pilots = new Map([["ring1", { generation: 9, sequence: 9, payloadHash: "A".repeat(11) }]]);
    expect(decide(feed(), { head: counters({ rings: pilots, halts: pilots }) })).toMatchObject({ kind: "install" });
  });
});
