import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MIB } from "../../../src-shared/units.ts";
import { writeBigVideo } from "../support/big-video.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Packed, refusal, signalWhen, startVaultctl, succeed } from "../support/vaultctl.ts";
import { filesUnder, openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const MEBIBYTES = 32;

let fixture: PublisherFixture;
let big: string;
let second: string;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  big = fixture.path("big.mp4");
  second = fixture.path("second.mp4");
  writeBigVideo(big, MEBIBYTES, "big");
  writeBigVideo(second, MEBIBYTES / 2, "second");
});
afterAll(() => fixture.remove());

const nextStick = () => fixture.newStick(`stick-${++count}`);
const pack = (stick: string, ...files: string[]) => ["pack", "--stick", stick, "--keys", fixture.keys, ...files];

/** Kills a packing with SIGKILL as soon as the stick is in the expected state. */
async function killWhen(args: readonly string[], isReached: () => boolean): Promise<void> {
  await signalWhen(startVaultctl(args), "SIGKILL", isReached);
}

const data = (stick: string) => join(stick, "VAULT", "data");

function bytesWritten(stick: string): number {
  if (!existsSync(data(stick))) return 0;
  return filesUnder(data(stick)).reduce((sum, name) => sum + statSync(join(data(stick), name)).size, 0);
}

async function expectWhole(stick: string, sources: readonly string[]): Promise<void> {
  const { catalog, read, vault } = await openAsReader(fixture, stick);
  expect(catalog.videos).toHaveLength(sources.length);
  for (const [index, source] of sources.entries()) {
    expect((await read(catalog.videos[index]!.file, "video")).equals(readFileSync(source)), source).toBe(true);
  }
  const named = vault.manifest.claims.files.map(({ id }) => id).toSorted();
  expect(readdirSync(data(stick)).toSorted()).toEqual(named);
  expect(await succeed(["verify", stick, "--trust", fixture.trust])).toMatchObject({ faults: [], extras: [] });
}

describe("a packing that was killed", () => {
  it.each([
    ["before the first byte of data", (stick: string) => existsSync(join(stick, "VAULT", "pending.uvv")), 0],
    ["at the first bytes", (stick: string) => bytesWritten(stick) > 0, 0],
    ["in the middle", (stick: string) => bytesWritten(stick) > (MEBIBYTES / 2) * MIB, (MEBIBYTES / 2) * MIB],
    ["near the end", (stick: string) => bytesWritten(stick) > MEBIBYTES * MIB, MEBIBYTES * MIB],
  ])("continues after a kill %s", async (_when, isReached, atLeast) => {
    const stick = nextStick();
    await killWhen(pack(stick, big), () => isReached(stick));
    expect(await refusal(["verify", stick, "--trust", fixture.trust])).toBe("NO_VAULT");
    const { reusedBytes } = await succeed<Packed>(pack(stick, big));
    expect(reusedBytes).toBeGreaterThanOrEqual(atLeast);
    await expectWhole(stick, [big]);
  });

  it("does not write a finished file again", async () => {
    const stick = nextStick();
    await killWhen(pack(stick, big, second), () => bytesWritten(stick) > (MEBIBYTES + 8) * MIB);
    const finished = readdirSync(data(stick)).find((id) => partSize(stick, id) > MEBIBYTES * MIB);
    const before = statSync(join(data(stick), finished!, "000"), { bigint: true });
    const { reusedBytes } = await succeed<Packed>(pack(stick, big, second));
    const after = statSync(join(data(stick), finished!, "000"), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
    expect(reusedBytes).toBeGreaterThan((MEBIBYTES + 7) * MIB);
    await expectWhole(stick, [big, second]);
  });

  it("continues after a second kill", async () => {
    const stick = nextStick();
    for (const part of [0.3, 0.7]) {
      await killWhen(pack(stick, big), () => bytesWritten(stick) > part * MEBIBYTES * MIB);
    }
    expect((await succeed<Packed>(pack(stick, big))).reusedBytes).toBeGreaterThan(0.7 * MEBIBYTES * MIB);
    await expectWhole(stick, [big]);
  });

  it("leaves nothing of a file that is then not packed", async () => {
    const stick = nextStick();
    await killWhen(pack(stick, big), () => bytesWritten(stick) > 8 * MIB);
    expect((await succeed<Packed>(pack(stick, TIDES))).reusedBytes).toBe(0);
    await expectWhole(stick, [TIDES]);
    expect(bytesWritten(stick)).toBeLessThan(MIB);
  });
});

describe("an add that was killed", () => {
  it("leaves the vault unchanged, and continues", async () => {
    const stick = nextStick();
    await succeed(pack(stick, TIDES));
    const add = pack(stick, big).with(0, "add");
    await killWhen(add, () => bytesWritten(stick) > (MEBIBYTES / 2) * MIB);
    const { catalog } = await openAsReader(fixture, stick);
    expect(catalog.videos.map(({ title }) => title)).toEqual(["Tides"]);
    const added = await succeed<Packed>(add);
    // The awaited bytes include those of the first video, which are not reused.
    expect(added.reusedBytes).toBeGreaterThan((MEBIBYTES / 2 - 1) * MIB);
    expect(added.gen).toBe(2);
    await expectWhole(stick, [TIDES, big]);
  });

  it("is cleaned up by the next different change", async () => {
    const stick = nextStick();
    const { videos } = await succeed<Packed>(pack(stick, TIDES));
    await killWhen(pack(stick, big).with(0, "add"), () => bytesWritten(stick) > 8 * MIB);
    await succeed(["remove", "--stick", stick, "--keys", fixture.keys, videos[0]!.id]);
    expect(readdirSync(data(stick))).toEqual([]);
    expect(existsSync(join(stick, "VAULT", "pending.uvv"))).toBe(false);
  });
});

describe("a source that changed after the kill", () => {
  // Only the folder of the interrupted file exists.
  const begun = (stick: string) => readdirSync(data(stick));

  it("is packed again with another key", async () => {
    const [stick, source] = [nextStick(), fixture.path("changing.mp4")];
    writeBigVideo(source, MEBIBYTES, "before");
    await killWhen(pack(stick, source), () => bytesWritten(stick) > 8 * MIB);
    const before = begun(stick);
    writeBigVideo(source, MEBIBYTES, "after");
    expect((await succeed<Packed>(pack(stick, source))).reusedBytes).toBe(0);
    await expectWhole(stick, [source]);
    expect(readdirSync(data(stick)).filter((id) => before.includes(id))).toEqual([]);
  });

  it("is detected even if size and time are the same", async () => {
    const [stick, source] = [nextStick(), fixture.path("sly.mp4")];
    writeBigVideo(source, MEBIBYTES, "before");
    const time = new Date(1_700_000_000_000);
    utimesSync(source, time, time);
    await killWhen(pack(stick, source), () => bytesWritten(stick) > 8 * MIB);
    const before = begun(stick);
    writeBigVideo(source, MEBIBYTES, "after");
    utimesSync(source, time, time);
    await succeed(pack(stick, source));
    await expectWhole(stick, [source]);
    expect(readdirSync(data(stick)).filter((id) => before.includes(id))).toEqual([]);
  });
});

it("keeps the written bytes after an interruption with Ctrl+C", async () => {
  const stick = nextStick();
  const child = startVaultctl(pack(stick, big));
  const printed: string[] = [];
  child.stderr?.on("data", (text: Buffer) => printed.push(text.toString()));
  expect(await signalWhen(child, "SIGINT", () => bytesWritten(stick) > 16 * MIB)).toBe(1);
  expect(printed.join("")).toContain("INTERRUPTED: ");
  expect((await succeed<Packed>(pack(stick, big))).reusedBytes).toBeGreaterThan(16 * MIB);
  await expectWhole(stick, [big]);
  rmSync(stick, { recursive: true });
});

function partSize(stick: string, id: string): number {
  return statSync(join(data(stick), id, "000")).size;
}
