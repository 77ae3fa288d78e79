import { describe, expect, it } from "vitest";
import { type NextStep, releaseStates } from "../../../src-ops/feed/index.ts";
import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { Halt, Release } from "../../../src-shared/updates/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { defaultPolicy } from "../gates/facts.ts";
import { haltClaims, releaseClaims } from "../../shared/updates/documents.ts";

const NOW = 1_795_528_800;
type Signed = Parameters<typeof releaseStates>[0];
type Own = { release?: Release; halts?: readonly Halt[]; offered?: readonly string[] };

/** The signed documents of the rings, in a feed with two builds. */
function signed(own: Partial<Record<Ring, Own>>, revokedBuilds: readonly string[] = []): Signed {
  const ringOf = ({ release, halts = [], offered = release ? [release.build] : [] }: Own = {}) => ({
    release,
    halts,
    offered,
    validated: false,
  });
  const rings = Object.fromEntries(RINGS.map((ring) => [ring, ringOf(own[ring])]));
  const builds = ["build-1", "build-2"].map((id, i) => ({ id, version: `1.${i}.0`, buildEpoch: 1, files: [] }));
  return { rings, builds, security: { buildFloor: 0, revokedBuilds } } as unknown as Signed;
}

const running = (ring: Ring, hours: number, members: object = {}): Own => ({
  release: releaseClaims({ ring, promotion: { at: NOW - hours * HOUR, overrides: [] }, ...members }),
});
const stateOf = (own: Partial<Record<Ring, Own>>, ring: Ring) =>
  releaseStates(signed(own), defaultPolicy(), NOW).rings.find((one) => one.ring === ring);
const nextOf = (own: Partial<Record<Ring, Own>>, ring: Ring) => stateOf(own, ring)?.next;
const buildStates = (own: Partial<Record<Ring, Own>>, revoked: readonly string[] = []) =>
  releaseStates(signed(own, revoked), defaultPolicy(), NOW).builds.map(({ state, percent }) =>
    percent > 0 ? `${state} ${percent} %` : state,
  );

describe("the state of a ring, from the signed documents", () => {
  it("is empty at first, and the next step is a release into ring0", () => {
    expect(stateOf({}, "ring0")).toMatchObject({ state: "empty", build: undefined, next: { kind: "release" } });
    expect(nextOf({}, "ga")).toEqual({ kind: "done" });
  });

  it("counts the observation from the promotion, whatever was signed later", () => {
    const own = { ring0: running("ring0", 47, { issued: NOW - 60 }) };
    const until = NOW + HOUR;
    expect(stateOf(own, "ring0")).toMatchObject({
      build: "build-2",
      version: "1.1.0",
      state: "running",
      percent: 100,
      since: NOW - 47 * HOUR,
      observationLeft: HOUR,
      next: { kind: "watch", until },
    });
  });

  it.each<[string, Partial<Record<Ring, Own>>, Ring, NextStep]>([
    ["ring0 after two days", { ring0: running("ring0", 48) }, "ring0", promote("ring1", 10_000)],
    ["ring1 after six days", { ring1: running("ring1", 144) }, "ring1", { kind: "watch", until: NOW + 24 * HOUR }],
    ["ring1 after a week", { ring1: running("ring1", 168) }, "ring1", promote("ga", 1_000)],
    ["10 % after a day", { ga: running("ga", 24, { basisPoints: 1_000 }) }, "ga", promote("ga", 5_000)],
    ["50 % after a day", { ga: running("ga", 24, { basisPoints: 5_000 }) }, "ga", watch(24)],
    ["50 % after two", { ga: running("ga", 48, { basisPoints: 5_000 }) }, "ga", promote("ga", 10_000)],
    ["100 %", { ga: running("ga", 1) }, "ga", { kind: "done" }],
    ["a critical release", { ga: running("ga", 1, { basisPoints: 1_000, critical: true }) }, "ga", { kind: "done" }],
    [
      "a build that was already promoted",
      { ring0: running("ring0", 48), ring1: running("ring1", 1) },
      "ring0",
      { kind: "done" },
    ],
  ])("knows the next step of %s", (_name, own, ring, next) => {
    expect(nextOf(own, ring)).toEqual(next);
  });

  it("is halted while its build has an active halt, and rolled back after a rollback", () => {
    const halted = { ga: { ...running("ga", 1), halts: haltClaims({ build: "build-2" }).halts } };
    expect(stateOf(halted, "ga")).toMatchObject({ state: "halted", observationLeft: 0, next: { kind: "decide" } });
    expect(buildStates(halted)).toEqual(["draft", "halted"]);
    const back = { ga: running("ga", 1, { kind: "rollback", build: "build-1", from: ["build-2"] }) };
    expect(stateOf(back, "ga")).toMatchObject({ state: "rolled-back", build: "build-1", next: { kind: "fix" } });
    expect(buildStates(back)).toEqual(["ga 100 %", "rolled-back"]);
  });
});

describe("the state of a build", () => {
  it("is draft, then the last ring that runs it, with its share", () => {
    expect(buildStates({})).toEqual(["draft", "draft"]);
    const ring0 = running("ring0", 1);
    expect(buildStates({ ring0 })).toEqual(["draft", "ring0 100 %"]);
    const ga = running("ga", 1, { basisPoints: 1_000 });
    expect(buildStates({ ring0, ring1: running("ring1", 1), ga })).toEqual(["draft", "ga 10 %"]);
  });

  it("is superseded after a newer build replaced it, and revoked permanently", () => {
    const ga = { ...running("ga", 1), offered: ["build-1", "build-2"] };
    expect(buildStates({ ga })).toEqual(["superseded", "ga 100 %"]);
    expect(buildStates({ ga }, ["build-2"])).toEqual(["superseded", "revoked"]);
  });
});

function promote(to: Ring, basisPoints: number): NextStep {
  return { kind: "promote", to, basisPoints };
}

function watch(hours: number): NextStep {
  return { kind: "watch", until: NOW + hours * HOUR };
}
