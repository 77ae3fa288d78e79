import { createHash } from "node:crypto";
import {
  Key,
  MetaFile,
  Metadata,
  MetadataKind,
  type Root,
  Signature,
  type Snapshot,
  TargetFile,
  Targets,
  type Timestamp,
} from "@tufjs/models";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { FeedKey, FeedSigner } from "../keys/index.ts";
import { lifetimeOf } from "./roles.ts";

// Metadata is never changed in place: each change creates the next version from the previous one.

export type SignedMetadata = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;

export const SPEC_VERSION = "1.0.31";
const HASH = "sha256";

type Json = ReturnType<Targets["toJSON"]>;

// A thief may have raised the versions of a role up to this limit; after its keys are replaced, versions start at 1
// again.
const HIGHEST_VERSION = 1e9;

/** The next version: one higher, or 1 if the limit is reached. */
export function versionAfter(before: number): number {
  return before < HIGHEST_VERSION ? before + 1 : 1;
}

/** The header of the next version of a role's metadata. */
export function nextHeader(role: FeedRole, before: number, now: UnixSeconds) {
  const expires = new Date((now + lifetimeOf(role)) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  return { version: versionAfter(before), specVersion: SPEC_VERSION, expires };
}

/** `undefined` removes a target. */
export type TargetChanges = ReadonlyMap<string, TargetFile | undefined>;

/** The next version of a targets role with some of its targets replaced, added or removed. */
export function nextTargets(
  role: FeedRole,
  before: Targets | undefined,
  now: UnixSeconds,
  change: { readonly targets?: TargetChanges; readonly delegations?: Targets["delegations"] },
): Targets {
  const targets = { ...before?.targets };
  for (const [path, target] of change.targets ?? []) {
    if (target) targets[path] = target;
    else delete targets[path];
  }
  const delegations = change.delegations ?? before?.delegations;
  return new Targets({
    ...nextHeader(role, before?.version ?? 0, now),
    targets,
    ...(delegations ? { delegations } : {}),
  });
}

export function tufKey({ keyid, publicHex }: Pick<FeedKey, "keyid" | "publicHex">): Key {
  return new Key({ keyID: keyid, keyType: "ed25519", scheme: "ed25519", keyVal: { public: publicHex } });
}

export function targetOf(path: string, content: Uint8Array, custom?: Json): TargetFile {
  return targetFrom(path, content.length, sha256Hex(content), custom);
}

export function targetFrom(path: string, length: number, sha256: string, custom?: Json): TargetFile {
  const unrecognizedFields = custom ? { custom } : {};
  return new TargetFile({ path, length, hashes: { [HASH]: sha256 }, unrecognizedFields });
}

export function metaFileOf(version: number, content: Uint8Array): MetaFile {
  return new MetaFile({ version, length: content.length, hashes: { [HASH]: sha256Hex(content) } });
}

/** The hash in the file name of a target. */
export function hashOfTarget(target: TargetFile): string {
  return target.hashes[HASH] ?? "";
}

export function sha256Hex(content: Uint8Array): string {
  return createHash(HASH).update(content).digest("hex");
}

/** Adds the signatures of these keys to the existing ones. */
export function signAll(metadata: SignedMetadata, signers: Iterable<FeedSigner>): void {
  for (const signer of signers) {
    metadata.sign((message) => {
      const sig = Buffer.from(signer.sign(message)).toString("hex");
      return new Signature({ keyID: signer.kid, sig });
    });
  }
}

export function encode(metadata: SignedMetadata): Uint8Array {
  return utf8(JSON.stringify(metadata.toJSON()));
}

/** Decodes metadata without checking its signatures. Throws the errors of the TUF models for an invalid form. */
export function decodeRoot(json: Json): Metadata<Root> {
  return Metadata.fromJSON(MetadataKind.Root, json);
}

export function decodeTimestamp(json: Json): Metadata<Timestamp> {
  return Metadata.fromJSON(MetadataKind.Timestamp, json);
}

export function decodeSnapshot(json: Json): Metadata<Snapshot> {
  return Metadata.fromJSON(MetadataKind.Snapshot, json);
}

export function decodeTargets(json: Json): Metadata<Targets> {
  return Metadata.fromJSON(MetadataKind.Targets, json);
}

/** Whether metadata has the signatures that `parent` requires for its role. */
export function isSignedFor(
  parent: Metadata<Root> | Metadata<Targets>,
  role: string,
  metadata: SignedMetadata,
): boolean {
  try {
    parent.verifyDelegate(role, metadata);
    return true;
  } catch (error) {
    // The TUF models throw if metadata is unsigned, below the threshold, or not delegated.
    if (error instanceof Error) return false;
    throw error;
  }
}
