import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCounters, EMPTY_LEDGER, raise } from "../../../src-shared/ledger/index.ts";
import {
  type BuildId,
  type Feed,
  listBuilds,
  refuseReplay,
  ledgerUpdateFromFeed,
} from "../../../src-shared/updates/index.ts";
import { haltClaims, releaseClaims, securityClaims } from "./documents.ts";
import { decide, feed, countedDocument, T, target } from "./feeds.ts";

const BUILDS = ["build-1", "build-2", "build-3", "build-4"];
const anyBuild = fc.constantFrom(...BUILDS, "build-9");
const anySeq = fc.integer({ min: 1, max: 4 });
const anyGeneration = fc.integer({ min: 1, max: 2 });
const anyHalt = fc.record({ build: anyBuild, seq: fc.integer({ min: 1, max: 2 }), generation: anyGeneration });
/** The builds that one document halts, each since this document or the one before. */
const anyHalts = fc.record({
  seq: fc.integer({ min: 1, max: 2 }),
  generation: anyGeneration,
  builds: fc.subarray(BUILDS, { minLength: 1 }),
});

/** Any release that the format allows. */
const anyRelease = fc
  .record({
    seq: anySeq,
    kind: fc.constantFrom("forward", "rollback", "resume"),
    build: anyBuild,
    from: fc.subarray(BUILDS, { minLength: 1 }),
    fallback: fc.option(anyBuild),
    basisPoints: fc.constantFrom(0, 5000, 10_000),
    critical: fc.boolean(),
    minSource: fc.constantFrom("1.0.0", "2.0.0"),
    resumed: fc.uniqueArray(anyHalt, { maxLength: 2, selector: ({ build }) => build }),
    halt: anyHalt,
  })
  .map(({ from, halt, resumed, ...release }) => ({
    ...release,
    from: release.kind === "rollback" ? from.filter((id) => id !== release.build) : [],
    resumed:
      release.kind === "resume"
        ? [...resumed.filter(({ build }) => build !== release.build), { ...halt, build: release.build }]
        : resumed,
  }));

const anyFeed: fc.Arbitrary<Feed> = fc
  .record({
    release: fc.option(anyRelease),
    halts: fc.option(anyHalts),
    security: fc.record({ seq: anySeq, buildFloor: fc.nat(4), revokedBuilds: fc.subarray(BUILDS, { maxLength: 1 }) }),
    generation: anyGeneration,
    timestamp: anySeq,
    listed: fc.subarray(BUILDS),
  })
  .map(({ release, halts, security, generation, timestamp, listed }) => {
    return feed({
      roles: new Map([["timestamp", { generation: 1, sequence: timestamp }]]),
      release: release ? countedDocument(releaseClaims(release), generation) : undefined,
      halts: halts ? countedDocument(haltsOf(halts), halts.generation) : undefined,
      security: countedDocument(securityClaims(security)),
      builds: listBuilds(listed.map((build) => target(build))),
    });
  });

function haltsOf({ seq, builds }: { seq: number; builds: readonly string[] }) {
  const halts = builds.map((build, i) => ({ build, seq: Math.max(1, seq - (i % 2)), issued: T, reason: "" }));
  return haltClaims({ seq, halts });
}

const anyHere = fc.record({
  version: fc.constantFrom("1.0.0", "2.0.0", "3.0.0", "4.0.0"),
  buildFloor: fc.nat(3),
  rolledBack: fc.subarray(BUILDS, { maxLength: 2 }).map((builds) => new Set(builds as BuildId[])),
});
const anyTrigger = fc.constantFrom("by-itself" as const, "by-hand" as const);

describe("whatever a signed feed contains, an installation", () => {
  it("is never below a floor, never of a revoked build, never down except by a rollback that names what runs", () => {
    let tried = 0;
    fc.assert(
      fc.property(anyFeed, anyHere, anyTrigger, fc.nat(4), (given, here, trigger, buildFloor) => {
        const decision = decide(given, { here, head: { buildFloor }, trigger });
        if (decision.kind !== "install") return;
        tried++;
        const { build, move } = decision;
        const security = given.security!.document;
        expect(build.buildEpoch).toBeGreaterThanOrEqual(Math.max(buildFloor, here.buildFloor, security.buildFloor));
        expect(security.revokedBuilds).not.toContain(build.buildId);
        expect(given.builds.has(build.buildId)).toBe(true);
        if (move !== "rollback") expect(build.version > here.version).toBe(true);
        else expect(given.release!.document.from).toContain(`build-${here.version[0]}`);
      }),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(10);
  });

  it("is never of a halted build, unless the release names that halt or a later one", () => {
    let tried = 0;
    fc.assert(
      fc.property(anyFeed, anyHere, anyTrigger, (given, here, trigger) => {
        const decision = decide(given, { here, trigger });
        if (decision.kind !== "install") return;
        const halt = given.halts?.document.halts.find(({ build }) => build === decision.build.buildId);
        if (!given.halts || !halt) return;
        tried++;
        const named = given.release!.document.resumed!.find(({ build }) => build === halt.build)!;
        const { generation } = given.halts.counter;
        const lifted = { generation: named.generation, sequence: named.seq };
        expect(compareCounters(lifted, { generation, sequence: halt.seq })).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 4000 },
    );
    expect(tried).toBeGreaterThan(10);
  });

  it("is never of a build that was rolled back here, unless by a resume", () => {
    let tried = 0;
    fc.assert(
      fc.property(anyFeed, anyHere, anyTrigger, (given, here, trigger) => {
        const decision = decide(given, { here, trigger });
        if (decision.kind !== "install" || !here.rolledBack.has(decision.build.buildId)) return;
        tried++;
        expect(given.release!.document.kind).toBe("resume");
      }),
      { numRuns: 12_000 },
    );
    expect(tried).toBeGreaterThan(10);
  });
});

describe("the counters of a feed", () => {
  it("only rise from feed to feed, and what was seen stays acceptable", () => {
    fc.assert(
      fc.property(fc.array(anyFeed, { minLength: 2, maxLength: 6 }), (feeds) => {
        let head = EMPTY_LEDGER;
        for (const one of feeds) {
          if (!refuseReplay(one, head).ok) continue;
          const before = head;
          head = raise(head, ledgerUpdateFromFeed(one, T));
          expect(head.buildFloor).toBeGreaterThanOrEqual(before.buildFloor);
          expect(refuseReplay(one, head).ok).toBe(true);
        }
      }),
    );
  });

  it("cause every earlier feed that differs to be refused, after a later one was seen", () => {
    fc.assert(
      fc.property(anyFeed, anyFeed, (older, newer) => {
        const head = raise(raise(EMPTY_LEDGER, ledgerUpdateFromFeed(older, T)), ledgerUpdateFromFeed(newer, T));
        const { rings } = head.updates;
        const rose = rings.get("ga")?.payloadHash !== older.release?.counter.payloadHash.slice(0, 11);
        if (older.release && rose) expect(refuseReplay(older, head).ok).toBe(false);
      }),
    );
  });
});
