import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { unwrapFileKey } from "../../../src-shared/node/vault-reader.ts";
import { MIB } from "../../../src-shared/units.ts";
import { writeBigVideo } from "../support/big-video.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { MEDIA, type Packed, signalWhen, startVaultctl, runVaultctl } from "../support/vaultctl.ts";
import {
  filesUnder,
  HARBOUR,
  openPublisherFixture,
  TIDES,
  vaultKeyOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: PublisherFixture;
let temporary: string;
let packed: Packed;
let output: string;
beforeAll(async () => {
  workshop = await openPublisherFixture();
  temporary = workshop.path("tmp");
  mkdirSync(temporary);
  const args = ["pack", "--stick", workshop.stick, "--keys", workshop.keys, HARBOUR, TIDES, "--json"];
  const answer = await runVaultctl(args, { TMPDIR: temporary });
  packed = answer.json as unknown as Packed;
  output = answer.stdout + answer.stderr;
});
afterAll(() => workshop.remove());

/** Bytes that only the clear files have: from the middle of each video, the subtitles' words, the titles. */
function clearTexts(): Buffer[] {
  const videos = [HARBOUR, TIDES].flatMap((path) => {
    const bytes = readFileSync(path);
    return [0.01, 0.25, 0.5, 0.75, 0.99].map((at) => bytes.subarray(Math.floor(at * bytes.length)).subarray(0, 24));
  });
  const words = ["Le port", "boats come home", "Morning", "The harbour", "harbour.mp4", "avc1.64001f", MEDIA];
  return [...videos, ...words.map((word) => Buffer.from(word))];
}

/** A key in every spelling in which it could leak. */
function spellings(key: Uint8Array): Buffer[] {
  const bytes = Buffer.from(key);
  return [bytes, ...(["hex", "base64", "base64url"] as const).map((form) => Buffer.from(bytes.toString(form)))];
}

async function keysOf(stick: string): Promise<Buffer[]> {
  const { catalog, keys, vault } = await openAsReader(workshop, stick);
  const { vaultId } = vault.manifest.claims;
  const fileKeys = catalog.videos.flatMap((video) => [
    unwrapFileKey(vaultId, keys, video.file, "video")!.key,
    unwrapFileKey(vaultId, keys, video.poster!, "poster")!.key,
  ]);
  return [vaultKeyOf(workshop, vaultId), keys.catalog, keys.wrap, ...fileKeys].flatMap(spellings);
}

function find(folder: string, secrets: readonly Buffer[]): string[] {
  return filesUnder(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return secrets.some((secret) => bytes.includes(secret) || name.includes(secret.toString("latin1")));
  });
}

it("would find what it looks for", async () => {
  expect(find(MEDIA, clearTexts()).length).toBeGreaterThan(1);
  expect(find(workshop.keys, await keysOf(workshop.stick))).toEqual([`private/vaults/${packed.vaultId}.json`]);
});

it("puts nothing clear and no key on the stick", async () => {
  expect(find(workshop.stick, [...clearTexts(), ...(await keysOf(workshop.stick))])).toEqual([]);
});

it("puts nothing at all into the temporary folder", () => {
  expect(filesUnder(temporary)).toEqual([]);
});

it("says no key in what it prints", async () => {
  const printed = Buffer.from(output);
  expect((await keysOf(workshop.stick)).filter((key) => printed.includes(key))).toEqual([]);
});

it("leaves nothing clear and no key on the stick when it is killed", async () => {
  const [stick, big] = [workshop.newStick("killed"), workshop.path("secret-film.mp4")];
  writeBigVideo(big, 64, "secret");
  const pack = ["pack", "--stick", stick, "--keys", workshop.keys, HARBOUR, big];
  const child = startVaultctl(pack, { TMPDIR: temporary });
  const data = join(stick, "VAULT", "data");
  const size = () => (existsSync(data) ? filesUnder(data).reduce((sum, name) => sum + sizeOf(join(data, name)), 0) : 0);
  await signalWhen(child, "SIGKILL", () => size() > 16 * MIB);
  expect(existsSync(join(stick, "VAULT", "pending.uvv"))).toBe(true);
  const before = new Map(filesUnder(stick).map((name) => [name, readFileSync(join(stick, name))]));
  expect((await runVaultctl([...pack, "--json"])).json).toMatchObject({ ok: true });
  const secrets = [...clearTexts(), Buffer.from("secret-film"), ...(await keysOf(stick))];
  const leaks = [...before].filter(([, bytes]) => secrets.some((secret) => bytes.includes(secret)));
  expect(leaks.map(([name]) => name)).toEqual([]);
  expect(filesUnder(temporary)).toEqual([]);
});

function sizeOf(path: string): number {
  return existsSync(path) ? readFileSync(path).length : 0;
}
