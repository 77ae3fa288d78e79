import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { applyPack } from "../../src-main/content-pack/apply-pack.ts";
import { openPack } from "../../src-main/content-pack/read-pack.ts";
import { openVault } from "../../src-shared/node/vault-reader.ts";
import { GIB, MIB } from "../../src-shared/units.ts";
import { benchFilms } from "../bench/films.ts";
import { mountFat32, whyNoFat32 } from "../ops/support/mounts.ts";
import { openPublisherFixture, type PublisherFixture, TIDES, trustRootsOf } from "../ops/support/publisher-fixture.ts";
import { refusal, succeed, vaultctl } from "../ops/support/vaultctl.ts";

// A film that is longer than a file on FAT32 can be: the pack is refused there, and its film gets onto a stick with FAT32.
vi.setConfig({ testTimeout: 2_400_000, hookTimeout: 2_400_000 });

const obstacle = whyNoFat32();

describe.skipIf(obstacle !== undefined)(`a film of more than 4 GiB${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  let fixture: PublisherFixture;
  let drive: Awaited<ReturnType<typeof mountFat32>>;
  let [stick, keys]: [string, readonly string[]] = ["", []];
  beforeAll(async () => {
    fixture = await openPublisherFixture();
    keys = ["--keys", fixture.keys];
    stick = fixture.path("fat32");
    drive = await mountFat32(fixture.path("stick.img"), stick, undefined, { bytes: 6 * GIB, atEnd: () => undefined });
    await succeed(["pack", "--stick", fixture.stick, ...keys, "--no-trial", TIDES]);
    await succeed(["stick", "produce", stick, "--master", fixture.stick, ...keys]);
    const film = fixture.path("long.mp4");
    const loops = String(Math.ceil((4.1 * GIB) / statSync(benchFilms().film).size));
    execFileSync("ffmpeg", ["-loglevel", "error", "-stream_loop", loops, "-i", benchFilms().film, "-c", "copy", film]);
    expect(statSync(film).size).toBeGreaterThan(4 * GIB);
    await succeed(["add", "--stick", fixture.stick, ...keys, "--no-trial", film]);
  });
  afterAll(async () => {
    await drive.unmount();
    fixture.remove();
  });

  it("is not sent on a disk with FAT32, before anything is written and without a number being used", async () => {
    const order = ["stick", "content-pack", "S2", "--master", fixture.stick, ...keys, "--out"];
    expect(await refusal([...order, join(stick, "long.uvvpack")])).toBe("FILE_TOO_LARGE");
    expect(existsSync(join(stick, "long.uvvpack"))).toBe(false);
    const out = fixture.path("long.uvvpack");
    const { stdout } = await vaultctl([...order, out]);
    expect(stdout).toContain("generation 2.");
    expect(stdout).toContain("A disk with FAT32 cannot carry it to the customer");
    expect(statSync(out).size).toBeGreaterThan(4 * GIB);
  });

  it("gets onto a stick with FAT32, in parts", async () => {
    const roots = trustRootsOf(fixture);
    const pack = await openPack(fixture.path("long.uvvpack"), {
      roots: async () => roots,
      apply: async () => undefined,
    });
    const vault = await openVault(stick, roots);
    if (!pack.ok || !vault.ok) throw new Error("the pack or the stick cannot be opened");
    const steps = { signal: new AbortController().signal, onBytes: () => undefined };
    expect(await applyPack(pack.value, vault.value, roots, steps)).toMatchObject({ ok: true });
    await pack.value.close();
    expect(await succeed(["verify", stick, "--trust", fixture.trust])).toMatchObject({ faults: [], gen: 2 });
    const parts = readdirSync(join(stick, "VAULT", "data")).map((id) => readdirSync(join(stick, "VAULT", "data", id)));
    expect(parts.some((names) => names.length === 5)).toBe(true);
  });

  it("is not taken off the stick again as one file", async () => {
    const [, film] = (await succeed<{ videos: { id: string }[] }>(["ls", stick, ...keys])).videos;
    const room = fixture.path("fat32", "out");
    mkdirSync(room);
    const out = join(room, "long.mp4");
    expect(await refusal(["extract", fixture.stick, film?.id ?? "", ...keys, "--out", out])).toBe("FILE_TOO_LARGE");
    expect(readdirSync(room)).toEqual([]);
    expect(statSync(fixture.path("long.mp4")).size).toBeGreaterThan(4 * GIB + MIB);
  });
});
