import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBase64url } from "../../../src-shared/encoding/base64url.ts";
import { applyKeyManifest, parseTrustRoot, type TrustRoots } from "../../../src-shared/jws/index.ts";
import { MEDIA, type Packed, succeed } from "./vaultctl.ts";

/** A publisher's computer with development keys, and an empty stick. */
export type PublisherFixture = {
  readonly folder: string;
  readonly keys: string;
  readonly trust: string;
  readonly stick: string;
  path(...names: string[]): string;
  newStick(name: string): string;
  remove(): void;
};

export async function openPublisherFixture(): Promise<PublisherFixture> {
  const fixture = fixtureIn(newFolder());
  await succeed(["keys", "init", "--dir", fixture.keys, "--dev"]);
  mkdirSync(fixture.stick);
  return fixture;
}

/** A fixture whose stick has one video. It is packed once for all tests of a worker; each test gets its own copy. */
export async function openPackedPublisher(): Promise<{ fixture: PublisherFixture; packed: Packed }> {
  template ??= packTemplate();
  const { fixture: original, packed } = await template;
  const fixture = fixtureIn(newFolder());
  cpSync(original.folder, fixture.folder, { recursive: true, preserveTimestamps: true });
  return { fixture, packed };
}

let template: Promise<{ fixture: PublisherFixture; packed: Packed }> | undefined;

async function packTemplate() {
  const fixture = await openPublisherFixture();
  process.once("exit", () => fixture.remove());
  const packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  return { fixture, packed };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "uvv-ops-"));
}

function fixtureIn(folder: string): PublisherFixture {
  const path = (...names: string[]) => join(folder, ...names);
  const keys = path("keys");
  return {
    folder,
    keys,
    trust: join(keys, "public"),
    stick: path("stick"),
    path,
    newStick(name) {
      mkdirSync(path(name));
      return path(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const HARBOUR = join(MEDIA, "harbour.mp4");
export const LIGHTHOUSE = join(MEDIA, "lighthouse.mp4");
export const TIDES = join(MEDIA, "tides.webm");
export const MPEG4 = join(MEDIA, "refused-mpeg4.mp4");

/** Every file under a folder with its SHA-256: two equal trees are equal objects. */
export function snapshot(folder: string): Record<string, string> {
  const files = filesUnder(folder).map((name) => [name, sha256(readFileSync(join(folder, name)))] as const);
  return Object.fromEntries(files);
}

/** Paths of all files under a folder, relative to it, sorted. */
export function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The vault's key from the publisher's key folder. */
export function vaultKeyOf(fixture: PublisherFixture, vaultId: string): Uint8Array {
  const file = readFileSync(join(fixture.keys, "private", "vaults", `${vaultId}.json`), "utf8");
  return fromBase64url((JSON.parse(file) as { kek: string }).kek) as Uint8Array;
}

/** The publisher's current public keys, with the key manifest applied. */
export function trustRootsOf(fixture: PublisherFixture): TrustRoots {
  const files = readdirSync(fixture.trust).filter((name) => name.endsWith(".jwk.json"));
  const roots = files.map((name) => {
    const root = parseTrustRoot(readFileSync(join(fixture.trust, name)));
    if (!root.ok) throw new Error(`${name} is not a trust root`);
    return root.value;
  });
  const manifest = join(fixture.trust, "keys.uvvkeys");
  if (!existsSync(manifest)) return roots;
  const applied = applyKeyManifest(roots, readFileSync(manifest, "utf8"), { generation: 0, sequence: 0 });
  if (!applied.ok) throw new Error(applied.error);
  return applied.value.roots;
}
