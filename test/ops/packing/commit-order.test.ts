import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createHasher } from "../../../src-ops/packing/hashing/streams.ts";
import { createReadBack } from "../../../src-ops/packing/index.ts";
import { loadPublisher } from "../../../src-ops/keys/index.ts";
import { courseOf } from "../../../src-ops/packing/course.ts";
import { commitGeneration } from "../../../src-ops/packing/commit.ts";
import { planVideos } from "../../../src-ops/packing/plan.ts";
import { createSession, type Session } from "../../../src-ops/packing/session.ts";
import { writeVideos } from "../../../src-ops/packing/write-all.ts";
import { UNPROTECTED } from "../../../src-shared/protection.ts";
import { type ManifestPart, PART_BYTES } from "../../../src-shared/vault/index.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Packed, refusal, succeed } from "../support/vaultctl.ts";
import { HARBOUR, openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NOW = 1_800_000_000;
const FILES = [HARBOUR, TIDES];

let fixture: PublisherFixture;
let stick: string;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
beforeEach(() => {
  stick = fixture.newStick(`stick-${++count}`);
});
afterAll(() => fixture.remove());

/** Runs `pack` except for its last steps, which are too short to interrupt with a kill. */
async function writeWithoutCommit(
  onPart: (path: string) => void = () => {},
): Promise<{ session: Session; readonly commit: () => Promise<undefined> }> {
  const publisher = must(await loadPublisher(fixture.keys));
  const { signal } = new AbortController();
  const job = { signal, progress: { show() {}, end() {} }, note() {} };
  const planned = must(await planVideos(stick, courseOf(FILES).films, {}, job)).videos;
  const session = must(await createSession(publisher, stick, { label: "Demo", protection: UNPROTECTED }));
  const [hasher, readBack] = [createHasher(), createReadBack()];
  const check = (path: string, part: ManifestPart) => (onPart(path), readBack.check(path, part));
  const meter = { startFile() {}, add() {}, endFile() {} };
  const tools = {
    signal,
    partBytes: PART_BYTES,
    hasher,
    readBack: { ...readBack, check },
    meter,
    note: () => {},
    now: NOW,
  };
  const { finished } = must(await writeVideos(session, planned, { finished: [], current: undefined }, tools));
  await Promise.all([hasher.close(), readBack.close()]);
  const videos = finished.map(({ video }) => video);
  const files = finished.flatMap((one) => one.files);
  const commit = async () =>
    must(
      await commitGeneration(
        session,
        { protection: UNPROTECTED, hidesTitles: false, sections: [], videos, files },
        NOW,
      ),
    );
  return { session, commit };
}

const pack = () => succeed<Packed>(["pack", "--stick", stick, "--keys", fixture.keys, ...FILES]);

function timesOfData(): Record<string, bigint> {
  const folder = join(stick, "VAULT", "data");
  const ids = readdirSync(folder);
  return Object.fromEntries(ids.map((id) => [id, statSync(join(folder, id, "000"), { bigint: true }).mtimeNs]));
}

async function expectBothVideos(): Promise<void> {
  const { catalog, read } = await openAsReader(fixture, stick);
  for (const [index, path] of FILES.entries()) {
    expect((await read(catalog.videos[index]!.file, "video")).equals(readFileSync(path))).toBe(true);
  }
  expect(existsSync(join(stick, "VAULT", "pending.uvv"))).toBe(false);
}

it("commits the written data after a kill between data and manifest", async () => {
  await writeWithoutCommit();
  expect(await refusal(["ls", stick])).toBe("NO_VAULT");
  const before = timesOfData();
  const { reusedBytes } = await pack();
  expect(reusedBytes).toBe(FILES.reduce((sum, path) => sum + statSync(path).size, 0));
  expect(timesOfData()).toEqual(before);
  await expectBothVideos();
});

it("commits after a kill between catalog and manifest", async () => {
  await writeWithoutCommit();
  writeFileSync(join(stick, "VAULT", "manifest.1.uvv"), "a catalog that no manifest names");
  await pack();
  await expectBothVideos();
});

it("only cleans up after a kill after the manifest", async () => {
  const { commit } = await writeWithoutCommit();
  await commit();
  const before = timesOfData();
  const packed = await pack();
  expect(packed).toMatchObject({ gen: 1, added: packed.videos.map(({ id }) => id) });
  expect(timesOfData()).toEqual(before);
  await expectBothVideos();
  expect(await refusal(["pack", "--stick", stick, "--keys", fixture.keys, ...FILES])).toBe("VAULT_EXISTS");
});

it("writes a finished file again if it was damaged in the meantime", async () => {
  await writeWithoutCommit();
  const folder = join(stick, "VAULT", "data");
  for (const id of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, id, "000"));
    bytes[70] = bytes[70]! ^ 1;
    writeFileSync(join(folder, id, "000"), bytes);
  }
  expect((await pack()).reusedBytes).toBe(0);
  await expectBothVideos();
});

it("ignores a pending record on the stick that its own keys did not seal", async () => {
  const { session } = await writeWithoutCommit();
  const path = join(stick, "VAULT", "pending.uvv");
  const bytes = readFileSync(path);
  bytes[100] = bytes[100]! ^ 1;
  writeFileSync(path, bytes);
  const { vaultId, stickId, reusedBytes } = await pack();
  expect(reusedBytes).toBe(0);
  expect([vaultId, stickId]).not.toContain(session.vaultId);
  await expectBothVideos();
});

it("ignores a stick id on the stick that the pending record does not name", async () => {
  await writeWithoutCommit();
  const path = join(stick, "VAULT", "vault.json");
  const file = JSON.parse(readFileSync(path, "utf8")) as { vaultId: string; stickId: string };
  writeFileSync(path, JSON.stringify({ ...file, stickId: "a".repeat(26) }));
  expect((await pack()).stickId).not.toBe("a".repeat(26));
});

it("detects a stick that does not store correctly what is written", async () => {
  const damage = (path: string) => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = bytes.at(-1)! ^ 1;
    writeFileSync(path, bytes);
  };
  await expect(writeWithoutCommit(damage)).rejects.toThrow("READ_BACK_FAILED");
});

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
