import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from "node:crypto";
import { canonicalize } from "./canonical-json.ts";
import { testSeed } from "./test-keys.ts";

// A TUF repository in memory. A test can change it in every way before signing: as a publisher, as a thief with some of
// the keys, or as a hostile server. It shares no code with the client or with `vaultctl feed`.

export type RoleName = string;
export type Signed = {
  _type: string;
  spec_version: string;
  version: number;
  expires: string;
  [member: string]: unknown;
};
export type Key = { readonly id: string; readonly jwk: object; readonly sign: (bytes: Uint8Array) => Uint8Array };
type Entry = { keyids: string[]; threshold: number; [member: string]: unknown };
type Delegation = Entry & { name: string; terminating: boolean; paths: string[] };
export type TargetEntry = { length: number; hashes: Record<string, string>; custom?: object };

export const LATER = "2100-01-01T00:00:00Z";
export const EARLIER = "2020-01-01T00:00:00Z";

/** The Ed25519 key of this name, with its TUF key id. */
export function feedKey(name: string): Key {
  const known = made.get(name);
  if (known) return known;
  // PKCS #8 around the seed (RFC 8410 section 7).
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), testSeed(`feed ${name}`)]);
  const secret = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(secret).export({ format: "jwk" });
  const shown = Buffer.from(x, "base64url").toString("hex");
  const jwk = { keytype: "ed25519", scheme: "ed25519", keyval: { public: shown } };
  const id = createHash("sha256").update(canonicalize(jwk)).digest("hex");
  const key: Key = { id, jwk, sign: (bytes) => signBytes(null, bytes, secret) };
  made.set(name, key);
  return key;
}

const made = new Map<string, Key>();

export class FeedRepository {
  /** The files that a server serves, by path under the feed's root: `metadata/...` and `targets/...`. */
  readonly files = new Map<string, Buffer>();
  readonly keys = new Map<RoleName, Key[]>();
  root: Signed & { roles: Record<string, Entry>; keys: Record<string, object>; consistent_snapshot: boolean };
  timestamp: Signed & { meta: Record<string, { version: number; hashes?: object; length?: number }> };
  snapshot: Signed & { meta: Record<string, { version: number; hashes?: object; length?: number }> };
  /** `targets` and every role that it delegates to. */
  readonly targets = new Map<
    RoleName,
    Signed & {
      targets: Record<string, TargetEntry>;
      delegations?: { keys: Record<string, object>; roles: Delegation[] };
    }
  >();
  /** Whether timestamp and snapshot contain hashes and lengths. */
  withHashes = false;

  constructor() {
    const blank = (type: string): Signed => ({ _type: type, spec_version: "1.0.31", version: 1, expires: LATER });
    this.root = { ...blank("root"), roles: {}, keys: {}, consistent_snapshot: true };
    this.timestamp = { ...blank("timestamp"), meta: { "snapshot.json": { version: 1 } } };
    this.snapshot = { ...blank("snapshot"), meta: { "targets.json": { version: 1 } } };
    this.targets.set("targets", { ...blank("targets"), targets: {} });
    for (const [role, names, threshold] of [
      ["root", ["root-1", "root-2", "root-3"], 2],
      ["targets", ["targets-1", "targets-2", "targets-3"], 2],
      ["snapshot", ["snapshot-1"], 1],
      ["timestamp", ["timestamp-1"], 1],
    ] as const) {
      this.setTopKeys(role, names.map(feedKey), threshold);
    }
  }

  /** Replaces the keys of a top-level role, in the next root that is signed. */
  setTopKeys(role: RoleName, keys: Key[], threshold: number, members: object = {}): void {
    this.keys.set(role, keys);
    this.root.roles[role] = { keyids: keys.map((key) => key.id), threshold, ...members };
    for (const key of keys) this.root.keys[key.id] = key.jwk;
  }

  /** Delegates paths from `targets`, or changes such a delegation. */
  delegate(name: RoleName, keys: Key[], threshold: number, paths: string[], members: object = {}): void {
    const parent = this.role("targets");
    const delegations = (parent.delegations ??= { keys: {}, roles: [] });
    for (const key of keys) delegations.keys[key.id] = key.jwk;
    const entry = { name, keyids: keys.map((key) => key.id), threshold, terminating: true, paths, ...members };
    delegations.roles = [...delegations.roles.filter((role) => role.name !== name), entry];
    this.keys.set(name, keys);
    if (!this.targets.has(name)) {
      this.targets.set(name, { _type: "targets", spec_version: "1.0.31", version: 1, expires: LATER, targets: {} });
      this.snapshot.meta[`${name}.json`] = { version: 1 };
    }
  }

  role(name: RoleName) {
    const role = this.targets.get(name);
    if (!role) throw new Error(`no role ${name}`);
    return role;
  }

  /** Lists a target and stores its bytes under the name that consistent snapshots require. */
  addTarget(role: RoleName, path: string, content: Uint8Array | string, custom?: object): void {
    const bytes = Buffer.from(content);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    this.role(role).targets[path] = { length: bytes.length, hashes: { sha256 }, ...(custom ? { custom } : {}) };
    this.files.set(`targets/${this.targetName(path, sha256)}`, bytes);
  }

  targetName(path: string, sha256: string): string {
    const cut = path.lastIndexOf("/") + 1;
    return this.root.consistent_snapshot ? `${path.slice(0, cut)}${sha256}.${path.slice(cut)}` : path;
  }

  /** Signs and stores the current state of one role, under its own version. A forger passes other keys. */
  writeRole(name: RoleName, keys: readonly Key[] = this.keys.get(name) ?? []): Buffer {
    const bytes = this.sign(name, keys);
    const file = encodeURIComponent(name);
    const version = this.signedOf(name).version;
    const isPlain = name === "timestamp" || (!this.root.consistent_snapshot && name !== "root");
    this.files.set(`metadata/${isPlain ? "" : `${version}.`}${file}.json`, bytes);
    return bytes;
  }

  sign(name: RoleName, keys: readonly Key[] = this.keys.get(name) ?? []): Buffer {
    const signed = this.signedOf(name);
    const bytes = Buffer.from(canonicalize(signed));
    const signatures = keys.map((key) => ({ keyid: key.id, sig: Buffer.from(key.sign(bytes)).toString("hex") }));
    return Buffer.from(JSON.stringify({ signatures, signed }));
  }

  signedOf(name: RoleName): Signed {
    if (name === "root") return this.root;
    if (name === "timestamp") return this.timestamp;
    return name === "snapshot" ? this.snapshot : this.role(name);
  }

  /** Stores the next root of the chain. Signed also by the keys of the previous root, unless `signers` are given. */
  rotateRoot(change: () => void, signers?: readonly Key[]): void {
    const before = this.keys.get("root") ?? [];
    change();
    this.root.version += 1;
    const both = new Map([...before, ...(this.keys.get("root") ?? [])].map((key) => [key.id, key]));
    this.writeRole("root", signers ?? [...both.values()]);
  }

  /** Increments the versions of the changed roles, of the snapshot and of the timestamp, and stores all of them. */
  publish(...changed: RoleName[]): this {
    for (const name of changed) {
      this.role(name).version += 1;
      this.writeTargets(name);
    }
    this.snapshot.version += 1;
    this.publishSnapshot();
    return this;
  }

  writeTargets(name: RoleName, keys?: readonly Key[]): void {
    const bytes = this.writeRole(name, keys);
    this.snapshot.meta[`${name}.json`] = { version: this.role(name).version, ...this.describe(bytes) };
  }

  /** Stores the current snapshot, and a timestamp with the next version for it. */
  publishSnapshot(): void {
    const bytes = this.writeRole("snapshot");
    this.timestamp.meta["snapshot.json"] = { version: this.snapshot.version, ...this.describe(bytes) };
    this.timestamp.version += 1;
    this.writeRole("timestamp");
  }

  private describe(bytes: Buffer): object {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return this.withHashes ? { hashes: { sha256 }, length: bytes.length } : {};
  }

  /** Stores everything in its first version. Returns the root that a client is shipped with. */
  begin(): Buffer {
    const root = this.writeRole("root");
    for (const name of this.targets.keys()) this.writeTargets(name);
    const bytes = this.writeRole("snapshot");
    this.timestamp.meta["snapshot.json"] = { version: 1, ...this.describe(bytes) };
    this.writeRole("timestamp");
    return root;
  }
}
