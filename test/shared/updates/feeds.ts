import { createHash } from "node:crypto";
import { EMPTY_LEDGER, type LedgerHead } from "../../../src-shared/ledger/index.ts";
import {
  type CheckTrigger,
  type BuildId,
  decideUpdate,
  type Feed,
  type Install,
  listBuilds,
  type ListedTarget,
  type CountedDocument,
  type UpdateDecision,
} from "../../../src-shared/updates/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { buildFile, haltClaims, releaseClaims, securityClaims } from "./documents.ts";

export const T = 1_774_000_000;

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

/** A build's one file for Linux, listed as in the metadata. */
export function target(build: string, members: object = {}): ListedTarget {
  const version = `${build.replace(/^build-/, "")}.0.0`;
  const custom = buildFile({ buildId: build, version, buildEpoch: Number(version.split(".")[0]), ...members });
  return { path: `builds/${build}/app_${version}.deb`, length: 1000, sha256: "ab".repeat(32), custom };
}

/** A document with generation 1 by default; its hash depends on its content. */
export function countedDocument<T extends { readonly seq: number }>(document: T, generation = 1): CountedDocument<T> {
  const payloadHash = createHash("sha256").update(JSON.stringify(document)).digest("base64url");
  return { document, counter: { generation, sequence: document.seq, payloadHash } };
}

export const BUILDS = ["build-1", "build-2", "build-3"].map((build) => target(build));

/** A feed in which the ring ga goes from build 1 to build 2, for everybody. */
export function feed(members: Partial<Feed> = {}): Feed {
  return {
    ring: "ga",
    roles: new Map([["timestamp", { generation: 1, sequence: 9 }]]),
    security: countedDocument(securityClaims()),
    release: countedDocument(releaseClaims()),
    halts: undefined,
    builds: listBuilds(BUILDS),
    ...members,
  };
}

export function install(members: object = {}): Install {
  const one: object = {
    installId: testId("install"),
    version: "1.0.0",
    buildFloor: 0,
    rolledBack: new Set<BuildId>(),
    platform: "linux",
    arch: "x64",
    kind: "deb",
    ...members,
  };
  return one as Install;
}

export const forwardOf = (release: object) => feed({ release: countedDocument(releaseClaims(release)) });
export const haltOf = (halt: Parameters<typeof haltClaims>[0] = {}, generation = 1) =>
  countedDocument(haltClaims(halt), generation);

export function decide(
  given: Feed,
  { here = {}, head = {}, trigger = "by-itself", now = T }: Situation = {},
): UpdateDecision {
  return decideUpdate(given, { ...EMPTY_LEDGER, ...head }, install(here), trigger, now, sha256);
}

type Situation = { here?: object; head?: Partial<LedgerHead>; trigger?: CheckTrigger; now?: number };
