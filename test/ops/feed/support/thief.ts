import { Metadata, type Root, Signature, type Targets } from "@tufjs/models";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FeedRole } from "../../../../src-shared/updates/index.ts";
import { delegationsFor, type Keyring, keyringOf, nextRoot, type RoleKeys } from "../../../../src-ops/feed/keyring.ts";
import { decodeRoot, decodeTargets, nextTargets } from "../../../../src-ops/feed/metadata.ts";
import type { Draft } from "../../../../src-ops/feed/draft.ts";
import { pendingId } from "../../../../src-ops/feed/pending.ts";
import { type FeedFixture, NOW } from "./feed-fixture.ts";

/** A pending file as JSON, with the metadata in it decoded: everything in it can be changed. */
export type PendingJson = {
  v: number;
  id: string;
  kind: string;
  summary: string;
  root?: MetadataJson;
  roles: { role: string; metadata: MetadataJson }[];
  documents: { path: string; content: string }[];
};
export type MetadataJson = { signed: Record<string, unknown>; signatures: { keyid: string; sig: string }[] };

type Raw = Omit<PendingJson, "root" | "roles"> & { root?: string; roles: { role: string; metadata: string }[] };

export function readPendingJson(file: string): PendingJson {
  const raw = JSON.parse(readFileSync(file, "utf8")) as Raw;
  const decode = (text: string) => JSON.parse(text) as MetadataJson;
  const roles = raw.roles.map(({ role, metadata }) => ({ role, metadata: decode(metadata) }));
  const { root, ...rest } = raw;
  return { ...rest, roles, ...(root === undefined ? {} : { root: decode(root) }) };
}

export function writePendingJson(file: string, { root, roles, ...rest }: PendingJson): void {
  const raw: Raw = {
    ...rest,
    ...(root ? { root: JSON.stringify(root) } : {}),
    roles: roles.map(({ role, metadata }) => ({ role, metadata: JSON.stringify(metadata) })),
  };
  writeFileSync(file, JSON.stringify(raw));
}

/** Gives a changed file the id that vaultctl itself would give it, if it can be decoded at all. */
export function withMatchingId(file: PendingJson): PendingJson {
  try {
    const root = file.root && decodeRoot(file.root as never);
    const roles = file.roles.map(({ role, metadata }) => [role, decodeTargets(metadata as never)] as const);
    const draft = { kind: "ring", summary: "", root, roles: new Map(roles), documents: new Map() } as unknown as Draft;
    return { ...file, id: pendingId(draft) };
  } catch {
    return file;
  }
}

/** The newest metadata of a role in the published feed. */
export function published(publisher: FeedFixture, role: string): MetadataJson & { version: number } {
  const folder = join(publisher.repo, "metadata");
  const versions = readdirSync(folder).flatMap((name) => {
    const found = new RegExp(`^(\\d+)\\.${role}\\.json$`).exec(name);
    return found ? [Number(found[1])] : [];
  });
  const version = Math.max(...versions);
  const text = readFileSync(join(folder, `${version}.${role}.json`), "utf8");
  return { ...(JSON.parse(text) as MetadataJson), version };
}

type ThiefKey = RoleKeys["keys"][number] & { sign(bytes: Uint8Array): Buffer };

/** A key of somebody who has none of ours. */
export function thiefKey(): ThiefKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const publicHex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const { keyid } = feedKey(publicHex);
  return { keyid, publicHex, sign: (bytes) => sign(null, bytes, privateKey) };
}

function feedKey(publicHex: string): { keyid: string } {
  const canonical = `{"keytype":"ed25519","keyval":{"public":"${publicHex}"},"scheme":"ed25519"}`;
  return { keyid: createHash("sha256").update(canonical).digest("hex") };
}

/** The metadata that hand root and targets to the thief, with his signatures: 1 of 1. */
export function thiefsTakeover(
  publisher: FeedFixture,
  thief = thiefKey(),
): { root: MetadataJson; targets: MetadataJson } {
  const [oldRoot, oldTargets] = (["root", "targets"] as const).map((role) => published(publisher, role));
  if (!oldRoot || !oldTargets) throw new Error("the feed has no root");
  const root = decodeRoot(strip(oldRoot));
  const targets = decodeTargets(strip(oldTargets));
  const keyring = keyringOf(root, targets);
  if (!keyring) throw new Error("the feed has no keys");
  const his: RoleKeys = { keys: [thief], threshold: 1, generation: 2 };
  const taken: Keyring = { ...keyring, root: his, targets: his };
  const newRoot = new Metadata(nextRoot(root.signed, taken, true, NOW));
  const change = { delegations: delegationsFor(taken) };
  const newTargets = new Metadata(nextTargets("targets", targets.signed, NOW, change));
  for (const metadata of [newRoot, newTargets]) {
    metadata.sign((bytes) => new Signature({ keyID: thief.keyid, sig: thief.sign(bytes).toString("hex") }));
  }
  return { root: json(newRoot), targets: json(newTargets) };
}

/** A root with the thief's key in the place of the first of ours, in the form that vaultctl writes. */
export function thiefsRootKey(publisher: FeedFixture): MetadataJson {
  const root = decodeRoot(strip(published(publisher, "root")));
  const keyring = keyringOf(root, decodeTargets(strip(published(publisher, "targets"))));
  if (!keyring) throw new Error("the feed has no keys");
  const { keyid, publicHex } = thiefKey();
  const [, ...others] = keyring.root.keys;
  const taken = { ...keyring, root: { threshold: 2, generation: 2, keys: [{ keyid, publicHex }, ...others] } };
  return json(new Metadata(nextRoot(root.signed, taken, true, NOW)));
}

const strip = ({ signed, signatures }: MetadataJson) => ({ signed, signatures }) as never;
const json = (metadata: Metadata<Root> | Metadata<Targets>) => metadata.toJSON() as unknown as MetadataJson;

/** Keys and threshold of each of these roles in the published feed. */
export function publishedKeys(
  publisher: FeedFixture,
  ...roles: FeedRole[]
): Record<string, { keyids: string[]; threshold: number }> {
  const { roles: entries } = published(publisher, "root").signed as {
    roles: Record<string, { keyids: string[]; threshold: number }>;
  };
  return Object.fromEntries(
    roles.map((role) => [role, { keyids: entries[role]?.keyids ?? [], threshold: entries[role]?.threshold ?? 0 }]),
  );
}
