import type { Metadata, Targets } from "@tufjs/models";
import * as v from "valibot";
import type { Json } from "../../src-shared/encoding/strict-json.ts";
import { compareCounters } from "../../src-shared/ledger/index.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { parseValidation, type Validation, validationPath } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { hashOfTarget, sha256Hex } from "./metadata.ts";
import { targetFilePath } from "./feed-paths.ts";
import type { TargetsRole } from "./roles.ts";
import {
  BuildId,
  type Halt,
  haltPath,
  type Halts,
  KEYS_PATH,
  MAX_DOCUMENT_BYTES,
  NOTES_FILE,
  parseBuildFile,
  parseHalts,
  parseRelease,
  parseSecurity,
  type Release,
  releasePath,
  REVOCATIONS_PATH,
  SECURITY_PATH,
  type SecurityDocument,
  splitBuildPath,
  type Version,
} from "../../src-shared/updates/index.ts";

export type ListedFile = {
  readonly path: string;
  readonly length: number;
  readonly platform: string;
  readonly kind: string;
};
export type ListedBuild = {
  readonly id: BuildId;
  readonly version: Version;
  readonly buildEpoch: number;
  readonly files: readonly ListedFile[];
};

/** The documents that the keys of one ring have signed. */
export type RingState = {
  readonly release: Release | undefined;
  /** Every build that the ring was ever offered, in order. */
  readonly offered: readonly BuildId[];
  readonly validation: Validation | undefined;
  readonly halts: Halts | undefined;
};

/** The content of a feed whose signatures are verified. */
export type FeedDocuments = {
  readonly builds: ReadonlyMap<BuildId, ListedBuild>;
  readonly security: SecurityDocument;
  readonly rings: Readonly<Record<Ring, RingState>>;
};

export type Roles = ReadonlyMap<TargetsRole, Metadata<Targets>>;

/** Reads the content of a target; `undefined` if it is missing or does not match the hash. */
export type ReadTarget = (path: string, sha256: string) => Promise<Uint8Array | undefined>;

const Offered = v.object({ offered: v.pipe(v.array(BuildId), v.maxLength(1000)) });

/** Reads the documents that the metadata of a feed in a folder lists. FEED_BROKEN. */
export async function loadDocuments(folder: string, roles: Roles): Promise<Attempt<FeedDocuments>> {
  const documents = await readDocuments(roles, (path, sha256) => {
    return readSmallFile(targetFilePath(folder, path, sha256), MAX_DOCUMENT_BYTES);
  });
  if (documents.ok) return documents;
  const what = `${documents.error} is damaged, missing, or from another version of vaultctl`;
  return fail("FEED_BROKEN", `${folder}: ${what}: restore the feed from your backup.`);
}

/** The same from any source. The error is the path of the first invalid document. */
export async function readDocuments(roles: Roles, read: ReadTarget): Promise<Result<FeedDocuments, string>> {
  const foreign = findForeignTarget(roles);
  if (foreign !== undefined) return err(foreign);
  const builds = listBuilds(roles);
  if (!builds.ok) return builds;
  const security = await readDocument(roles, "targets", SECURITY_PATH, read, parseSecurity);
  if (!security.ok || !security.value) return err(SECURITY_PATH);
  const ring0 = await readRing(roles, "ring0", read);
  const ring1 = await readRing(roles, "ring1", read);
  const ga = await readRing(roles, "ga", read);
  if (!ring0.ok) return ring0;
  if (!ring1.ok) return ring1;
  if (!ga.ok) return ga;
  const rings = { ring0: ring0.value, ring1: ring1.value, ga: ga.value };
  return ok({ builds: builds.value, security: security.value, rings });
}

// A role may sign only its own targets, with the paths that are known here: no path leads out of the feed.
function findForeignTarget(roles: Roles): string | undefined {
  for (const [role, metadata] of roles) {
    const foreign = Object.keys(metadata.signed.targets).find((path) => !isTargetOf(role, path));
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}

function isTargetOf(role: TargetsRole, path: string): boolean {
  switch (role) {
    case "targets":
      return path === SECURITY_PATH;
    case "builds":
      return splitBuildPath(path) !== undefined;
    case "halt":
      return RINGS.some((ring) => path === haltPath(ring));
    case "lists":
      return path === REVOCATIONS_PATH || path === KEYS_PATH;
    case "ring0":
    case "ring1":
    case "ga":
      return path === releasePath(role) || path === validationPath(role);
  }
}

async function readRing(roles: Roles, ring: Ring, read: ReadTarget): Promise<Result<RingState, string>> {
  const release = await readDocument(roles, ring, releasePath(ring), read, (bytes) => parseRelease(bytes, ring));
  if (!release.ok) return release;
  const validation = await readDocument(roles, ring, validationPath(ring), read, parseValidation);
  if (!validation.ok) return validation;
  const halts = await readDocument(roles, "halt", haltPath(ring), read, (bytes) => parseHalts(bytes, ring));
  if (!halts.ok) return halts;
  const custom = roles.get(ring)?.signed.targets[releasePath(ring)]?.custom;
  const offered = v.safeParse(Offered, custom ?? { offered: [] });
  if (!offered.success || (validation.value && validation.value.ring !== ring)) return err(releasePath(ring));
  return ok({
    release: release.value,
    offered: offered.output.offered,
    validation: validation.value,
    halts: halts.value,
  });
}

async function readDocument<T>(
  roles: Roles,
  role: TargetsRole,
  path: string,
  read: ReadTarget,
  parse: (bytes: Uint8Array) => Result<T, string>,
): Promise<Result<T | undefined, string>> {
  const target = roles.get(role)?.signed.targets[path];
  if (!target) return ok(undefined);
  const sha256 = hashOfTarget(target);
  const bytes = await read(path, sha256);
  if (!bytes || bytes.length !== target.length || sha256Hex(bytes) !== sha256) return err(path);
  const document = parse(bytes);
  return document.ok ? document : err(path);
}

function listBuilds(roles: Roles): Result<ReadonlyMap<BuildId, ListedBuild>, string> {
  const builds = new Map<BuildId, ListedBuild>();
  for (const [path, target] of Object.entries(roles.get("builds")?.signed.targets ?? {})) {
    const buildPath = splitBuildPath(path);
    if (!buildPath) return err(path);
    if (buildPath.file === NOTES_FILE) continue;
    const file = parseBuildFile(path, target.custom as Json);
    if (!file.ok) return err(path);
    const { buildId: id, version, buildEpoch, platform, kind } = file.value;
    const known = builds.get(id) ?? { id, version, buildEpoch, files: [] };
    if (known.version !== version || known.buildEpoch !== buildEpoch) return err(path);
    const listed = { path, length: target.length, platform, kind };
    builds.set(id, { ...known, files: [...known.files, listed] });
  }
  return ok(builds);
}

/**
 * The halts that are in force in a ring: their builds could be released, and the ring's document has not lifted them.
 * `haltGeneration` is the generation of the key that signed them.
 */
export function activeHalts(
  { builds, security, rings }: FeedDocuments,
  ring: Ring,
  haltGeneration: number,
): readonly Halt[] {
  const { release, halts } = rings[ring];
  return (halts?.halts ?? []).filter(({ build, seq }) => {
    const epoch = builds.get(build)?.buildEpoch;
    if (epoch === undefined || epoch < security.buildFloor || security.revokedBuilds.includes(build)) return false;
    const lifted = release?.resumed?.find((halt) => halt.build === build);
    const counter = { generation: haltGeneration, sequence: seq };
    return !lifted || compareCounters({ generation: lifted.generation, sequence: lifted.seq }, counter) < 0;
  });
}
