import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_LEDGER, raise } from "../../../src-shared/ledger/index.ts";
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
    halt: anyHalt,
  })
  .map(({ from, halt, ...release }) => ({
    ...release,
    from: release.kind === "rollback" ? from.filter((id) => id !== release.build) : [],
    ...(release.kind === "resume" ? { halt: { ...halt, build: release.build } } : {}),
  }));

const anyFeed: fc.Arbitrary<Feed> = fc
  .record({
    release: fc.option(anyRelease),
    halt: fc.option(anyHalt),
    security: fc.record({ seq: anySeq, buildFloor: fc.nat(4), revokedBuilds: fc.subarray(BUILDS, { maxLength: 1 }) }),
    generation: anyGeneration,
    timestamp: anySeq,
    listed: fc.subarray(BUILDS),
    isNamed: fc.boolean(),
  })
  .map(({ release, halt: anyOther, security, generation, timestamp, listed, isNamed }) => {
    // Half of the resumes undo the very halt that stands: by chance hardly one would.
    const halt = isNamed && release?.halt ? release.halt : anyOther;
    return feed({
      roles: new Map([["timestamp", { generation: 1, sequence: timestamp }]]),
      release: release ? countedDocument(releaseClaims(release), generation) : undefined,
      halt: halt ? countedDocument(haltClaims({ build: halt.build, seq: halt.seq }), halt.generation) : undefined,
      security: countedDocument(securityClaims(security)),
      builds: listBuilds(listed.map((build) => target(build))),
    });
  });

const anyHere = fc.record({
  version: fc.constantFrom("1.0.0", "2.0.0", "3.0.0", "4.0.0"),
  buildFloor: fc.nat(3),
  rolledBack: fc.subarray(BUILDS, { maxLength: 2 }).map((builds) => new Set(builds as BuildId[])),
});
const anyTrigger = fc.constantFrom("by-itself" as const, "by-hand" as const);

describe("whatever a signed feed says, an install", () => {
  it("is never below a floor, never of a revoked build, never down but by a rollback that names what runs", () => {
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

  it("is never of a build that the halt names, unless the release undoes just that halt", () => {
    let tried = 0;
    fc.assert(
      fc.property(anyFeed, anyHere, anyTrigger, (given, here, trigger) => {
        const decision = decide(given, { here, trigger });
        if (decision.kind !== "install" || given.halt?.document.build !== decision.build.buildId) return;
        tried++;
        const { generation, sequence } = given.halt.counter;
        expect(given.release!.document.halt).toMatchObject({
          build: decision.build.buildId,
          generation,
          seq: sequence,
        });
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
      { numRuns: 4000 },
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

  it("refuse every earlier feed that differs, once a later one was seen", () => {
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
