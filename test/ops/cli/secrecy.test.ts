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

let fixture: PublisherFixture;
let temporary: string;
let packed: Packed;
let output: string;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  temporary = fixture.path("tmp");
  mkdirSync(temporary);
  const args = ["pack", "--stick", fixture.stick, "--keys", fixture.keys, HARBOUR, TIDES, "--json"];
  const answer = await runVaultctl(args, { TMPDIR: temporary });
  packed = answer.json as unknown as Packed;
  output = answer.stdout + answer.stderr;
});
afterAll(() => fixture.remove());

/** Bytes that only the unencrypted files contain: from inside each video, the subtitles, the titles. */
function clearTexts(): Buffer[] {
  const videos = [HARBOUR, TIDES].flatMap((path) => {
    const bytes = readFileSync(path);
    return [0.01, 0.25, 0.5, 0.75, 0.99].map((at) => bytes.subarray(Math.floor(at * bytes.length)).subarray(0, 24));
  });
  const words = ["Le port", "boats come home", "Morning", "The harbour", "harbour.mp4", "avc1.64001f", MEDIA];
  return [...videos, ...words.map((word) => Buffer.from(word))];
}

/** A key in every encoding in which it could leak. */
function spellings(key: Uint8Array): Buffer[] {
  const bytes = Buffer.from(key);
  return [bytes, ...(["hex", "base64", "base64url"] as const).map((form) => Buffer.from(bytes.toString(form)))];
}

async function keysOf(stick: string): Promise<Buffer[]> {
  const { catalog, keys, vault } = await openAsReader(fixture, stick);
  const { vaultId } = vault.manifest.claims;
  const fileKeys = catalog.videos.flatMap((video) => [
    unwrapFileKey(vaultId, keys, video.file, "video")!.key,
    unwrapFileKey(vaultId, keys, video.poster!, "poster")!.key,
  ]);
  return [vaultKeyOf(fixture, vaultId), keys.catalog, keys.wrap, ...fileKeys].flatMap(spellings);
}

function find(folder: string, secrets: readonly Buffer[]): string[] {
  return filesUnder(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    return secrets.some((secret) => bytes.includes(secret) || name.includes(secret.toString("latin1")));
  });
}

it("finds the secrets where they are allowed", async () => {
  expect(find(MEDIA, clearTexts()).length).toBeGreaterThan(1);
  expect(find(fixture.keys, await keysOf(fixture.stick))).toEqual([`private/vaults/${packed.vaultId}.json`]);
});

it("writes no unencrypted content and no key onto the stick", async () => {
  expect(find(fixture.stick, [...clearTexts(), ...(await keysOf(fixture.stick))])).toEqual([]);
});

it("writes nothing to the temporary folder", () => {
  expect(filesUnder(temporary)).toEqual([]);
});

it("prints no key", async () => {
  const printed = Buffer.from(output);
  expect((await keysOf(fixture.stick)).filter((key) => printed.includes(key))).toEqual([]);
});

it("leaves no unencrypted content and no key on the stick when it is killed", async () => {
  const [stick, big] = [fixture.newStick("killed"), fixture.path("secret-film.mp4")];
  writeBigVideo(big, 64, "secret");
  const pack = ["pack", "--stick", stick, "--keys", fixture.keys, HARBOUR, big];
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
