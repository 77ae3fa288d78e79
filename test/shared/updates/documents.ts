import type { BuildFile, Halts, Release, SecurityDocument } from "../../../src-shared/updates/index.ts";

// Valid documents, each with members to change. Unbranded, as they come from JSON.

export function releaseClaims(members: object = {}): Release {
  const claims: object = {
    v: 1,
    ring: "ga",
    seq: 7,
    kind: "forward",
    build: "build-2",
    from: [],
    fallback: "build-1",
    basisPoints: 10_000,
    critical: false,
    minSource: "1.0.0",
    issued: 1_774_000_000,
    reason: "stage 1",
    verdictHash: null,
    policyHash: null,
    flags: {},
    ...members,
  };
  return claims as Release;
}

type HaltMembers = {
  readonly [name: string]: unknown;
  readonly ring?: string;
  readonly seq?: number;
  readonly build?: string | undefined;
};

/** A document with one halt; `halts` replaces it. */
export function haltClaims({
  ring = "ga",
  seq = 4,
  build = "build-2",
  issued = 1_774_000_100,
  reason = "crashes",
  ...members
}: HaltMembers = {}): Halts {
  const claims: object = { v: 2, ring, seq, halts: [{ build, seq, issued, reason }], ...members };
  return claims as Halts;
}

export function securityClaims(members: object = {}): SecurityDocument {
  const claims: object = { v: 1, seq: 1, buildFloor: 0, revokedBuilds: [], ...members };
  return claims as SecurityDocument;
}

export function buildFile(members: object = {}): BuildFile {
  const claims: object = {
    buildId: "build-2",
    version: "2.0.0",
    buildEpoch: 2,
    platform: "linux",
    arch: "x64",
    kind: "deb",
    ...members,
  };
  return claims as BuildFile;
}
