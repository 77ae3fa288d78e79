import { createHash } from "node:crypto";
import { fromBase64url, toBase64url } from "../../../../src-shared/encoding/base64url.ts";
import type { FeedFixture } from "./feed-fixture.ts";
import { type MetadataJson, type PendingJson, published, thiefKey, thiefsTakeover } from "./thief.ts";

/** Something that a thief without a key may do to a pending file. `n` chooses among its variants. */
export type Mutation = (file: PendingJson, publisher: FeedFixture, n: number) => void;

type Entry = { name?: string; keyids: string[]; threshold: number; paths?: string[]; [member: string]: unknown };
type Keys = Record<string, unknown>;
type Target = { length: number; hashes: Record<string, string>; custom?: Record<string, unknown> };

const KINDS = ["ring", "builds", "halt", "lists", "security", "keys", "refresh"];
const ROLES = ["targets", "builds", "ring0", "ring1", "ga", "halt", "lists"];
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
const targetsOf = (metadata: MetadataJson) => metadata.signed["targets"] as Record<string, Target>;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The part of a role; a role that is not in the file is added as the next version of the published one. */
function partOf(file: PendingJson, publisher: FeedFixture, role: string): MetadataJson {
  if (role === "root") return (file.root ??= nextOf(publisher, "root"));
  const found = file.roles.find((part) => part.role === role);
  if (found) return found.metadata;
  const metadata = nextOf(publisher, role);
  file.roles.push({ role, metadata });
  return metadata;
}

function nextOf(publisher: FeedFixture, role: string): MetadataJson {
  const { signed, version } = published(publisher, role);
  return { signed: { ...signed, version: version + 1 }, signatures: [] };
}

/** The entries with the keys of other roles, and the keys, in root or in the delegations of targets. */
function entriesOf(metadata: MetadataJson): { keys: Keys; entries: Entry[] } {
  const { keys, roles, delegations } = metadata.signed as {
    keys?: Keys;
    roles?: Record<string, Entry>;
    delegations?: { keys: Keys; roles: Entry[] };
  };
  return delegations
    ? { keys: delegations.keys, entries: delegations.roles }
    : { keys: keys ?? {}, entries: Object.values(roles ?? {}) };
}

/** Changes to the entry of one role, by somebody who has his own key. */
const KEY_CHANGES: readonly ((entry: Entry, keys: Keys) => void)[] = [
  (entry) => void (entry.threshold = 1),
  (entry) => void (entry.threshold += 1),
  (entry) => void entry.keyids.pop(),
  (entry, keys) => void entry.keyids.push(addKey(keys)),
  (entry, keys) => void (entry.keyids[0] = addKey(keys)),
  (entry, keys) => {
    entry.keyids[0] = addKey(keys);
    entry["uvv:generation"] = Number(entry["uvv:generation"] ?? 1) + 1;
  },
  (entry, keys) => {
    entry.keyids = [addKey(keys)];
    entry.threshold = 1;
    entry["uvv:generation"] = Number(entry["uvv:generation"] ?? 1) + 1;
  },
  (entry) => void (entry["uvv:generation"] = Number(entry["uvv:generation"] ?? 1) + 1),
  (entry) => void (entry["x-unknown"] = true),
  (entry) => void entry.paths?.push("*"),
  (_, keys) => void addKey(keys),
  (entry, keys) => {
    // The same public key under a second name.
    const [first = ""] = entry.keyids;
    keys["f".repeat(64)] = keys[first];
    entry.keyids.push("f".repeat(64));
  },
];

function addKey(keys: Keys): string {
  const { keyid, publicHex } = thiefKey();
  keys[keyid] = { keytype: "ed25519", scheme: "ed25519", keyval: { public: publicHex } };
  return keyid;
}

/** Changes to a document whose hash and length are then made to match. */
const DOCUMENT_CHANGES: readonly ((document: Record<string, unknown>) => void)[] = [
  (document) => void (document["basisPoints"] = 10_000),
  (document) => void (document["build"] = "9.9.9-0123456789ab"),
  (document) => void (document["buildFloor"] = 0),
  (document) => void (document["seq"] = Number(document["seq"]) + 5),
  (document) => void (document["kind"] = "rollback"),
  (document) => void (document["revokedBuilds"] = []),
];

const METADATA_CHANGES: readonly ((signed: Record<string, unknown>) => void)[] = [
  (signed) => void (signed["version"] = Number(signed["version"]) + 1),
  (signed) => void (signed["version"] = Number(signed["version"]) - 1),
  (signed) => void (signed["version"] = 1),
  (signed) => void (signed["expires"] = "2099-01-01T00:00:00Z"),
  (signed) => void (signed["spec_version"] = "1.0.30"),
  (signed) => void (signed["x-unknown"] = true),
  (signed) => void (signed["consistent_snapshot"] = false),
  (signed) => void delete signed["uvv:dev"],
  (signed) => void delete signed["delegations"],
];

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  takeover: (file, publisher) => {
    const { root, targets } = thiefsTakeover(publisher);
    file.root = root;
    file.roles = [{ role: "targets", metadata: targets }, ...file.roles.filter(({ role }) => role !== "targets")];
  },
  "takeover alone": (file, publisher) => {
    const { root, targets } = thiefsTakeover(publisher);
    Object.assign(file, { kind: "keys", root, roles: [{ role: "targets", metadata: targets }], documents: [] });
  },
  "root keys": (file, publisher, n) => {
    const { entries, keys } = entriesOf(partOf(file, publisher, "root"));
    pick(KEY_CHANGES, n >> 3)(pick(entries, n), keys);
  },
  "root keys alone": (file, publisher, n) => {
    const root = nextOf(publisher, "root");
    const { entries, keys } = entriesOf(root);
    pick(KEY_CHANGES, n >> 3)(pick(entries, n), keys);
    for (const keyid of Object.keys(keys))
      if (!entries.some(({ keyids }) => keyids.includes(keyid))) delete keys[keyid];
    Object.assign(file, { kind: "keys", root, roles: [], documents: [] });
  },
  delegations: (file, publisher, n) => {
    const { entries, keys } = entriesOf(partOf(file, publisher, "targets"));
    pick(KEY_CHANGES, n >> 3)(pick(entries, n), keys);
  },
  "another delegation": (file, publisher) => {
    const { entries, keys } = entriesOf(partOf(file, publisher, "targets"));
    entries.unshift({ name: "mine", keyids: [addKey(keys)], threshold: 1, terminating: true, paths: ["*"] });
  },
  "another role": (file, publisher, n) => {
    partOf(file, publisher, pick(ROLES, n));
  },
  "a role removed": (file, _, n) => {
    if (file.root && n % 3 === 0) delete file.root;
    else file.roles.splice(n % Math.max(1, file.roles.length), 1);
  },
  metadata: (file, publisher, n) => {
    pick(METADATA_CHANGES, n >> 3)(partOf(file, publisher, pick(["root", ...ROLES], n)).signed);
  },
  document: (file, _, n) => {
    const document = file.documents[n % Math.max(1, file.documents.length)];
    if (!document) return;
    const value = JSON.parse(Buffer.from(fromBase64url(document.content) ?? []).toString()) as Record<string, unknown>;
    pick(DOCUMENT_CHANGES, n >> 2)(value);
    const bytes = Buffer.from(JSON.stringify(value));
    document.content = toBase64url(bytes);
    for (const { metadata } of file.roles) {
      const target = targetsOf(metadata)[document.path];
      if (target) Object.assign(target, { length: bytes.length, hashes: { sha256: sha256(bytes) } });
    }
  },
  "a document of another role": (file, publisher, n) => {
    const metadata = partOf(file, publisher, "halt");
    const ring = pick(["ring0", "ring1", "ga"], n);
    const build = Object.keys(published(publisher, "builds").signed["targets"] as object)[0]?.split("/")[1];
    const bytes = Buffer.from(
      JSON.stringify({ v: 2, ring, seq: 9, halts: [{ build, seq: 9, issued: 1, reason: "Mine" }] }),
    );
    const path = `halts/${ring}/halt.json`;
    targetsOf(metadata)[path] = { length: bytes.length, hashes: { sha256: sha256(bytes) } };
    file.documents.push({ path, content: toBase64url(bytes) });
  },
  "a target": (file, publisher, n) => {
    const targets = targetsOf(partOf(file, publisher, pick(ROLES, n)));
    const [path] = Object.keys(targets);
    const target = path === undefined ? undefined : targets[path];
    if (path === undefined || !target) return;
    if (n % 4 === 0) delete targets[path];
    else if (n % 4 === 1) target.hashes["sha256"] = "0".repeat(64);
    else if (n % 4 === 2) target.custom = { ...target.custom, offered: ["9.9.9-0123456789ab"] };
    else target.hashes["sha512"] = "0".repeat(128);
  },
  "a build": (file, publisher, n) => {
    const targets = targetsOf(partOf(file, publisher, "builds"));
    const id = "9.9.9-0123456789ab";
    const custom = { buildId: id, version: "9.9.9", buildEpoch: n % 3, platform: "linux", arch: "x64", kind: "deb" };
    targets[`builds/${id}/a.deb`] = { length: 3, hashes: { sha256: "1".repeat(64) }, custom };
  },
  kind: (file, _, n) => void (file.kind = pick(KINDS, n)),
  summary: (file) => void (file.summary = "Nothing to see here"),
  "a document removed": (file) => void file.documents.pop(),
  "a document added": (file) => void file.documents.push({ path: "security.json", content: "e30" }),
  signatures: (file, _, n) => {
    const part = file.root && n % 4 === 0 ? file.root : file.roles[n % Math.max(1, file.roles.length)]?.metadata;
    if (!part) return;
    if (n % 5 === 0) part.signatures = [];
    else if (n % 5 === 1) part.signatures.push({ keyid: thiefKey().keyid, sig: "00".repeat(64) });
    else if (n % 5 === 2) part.signatures.push(...part.signatures);
    else if (n % 5 === 3) for (const signature of part.signatures) signature.sig = "11".repeat(64);
    else part.signatures = part.signatures.map(({ sig }) => ({ keyid: thiefKey().keyid, sig }));
  },
};
