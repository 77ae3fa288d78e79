import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Release } from "../../../src-shared/updates/index.ts";
import { mountFat32, mountMemory, whyNoFat32 } from "../support/mounts.ts";
import { filesUnder, snapshot } from "../support/publisher-fixture.ts";
import { type FeedFixture, openFeedFixture, run } from "./support/feed-fixture.ts";
import { serve, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let stick: string;
let [first, second]: [string, string] = ["", ""];
beforeEach(async () => {
  publisher = await openFeedFixture();
  stick = publisher.path("stick");
  mkdirSync(stick);
  [first, second] = [await publisher.build("1.0.0"), await publisher.build("1.1.0")];
  await publisher.feed("release", "--ring", "ring0", "--build", first);
});

const verify = (folder = stick) =>
  run(["feed", "verify", "--repo", join(folder, "UPDATES"), "--trust", publisher.trust]);
const read = async (folder: string) => {
  const { url } = await serve(join(folder, "UPDATES"));
  return tufReader(url, join(publisher.trust, "feed-root.json")).json<Release>("rings/ring0/release.json");
};

describe("a feed on a stick", () => {
  it("has all metadata and documents and the builds that rings run, but none of the publisher's files", async () => {
    expect(await publisher.feed("export", "--to", stick)).toMatchObject({ ok: true });
    expect(await verify()).toMatchObject({ ok: true, faults: [], absent: [expect.stringContaining(second)] });
    expect((await read(stick))?.build).toBe(first);
    const names = filesUnder(stick);
    expect(names.filter((name) => name.endsWith(".deb"))).toHaveLength(1);
    expect(names.filter((name) => !/^UPDATES\/(?:metadata|targets)\//.test(name))).toEqual([]);
    for (const name of names) expect(name.split("/").at(-1)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/);
  });

  it("is updated, and keeps the previous state for current readers", async () => {
    await publisher.feed("export", "--to", stick);
    const old = filesUnder(stick);
    await publisher.feed("release", "--ring", "ring0", "--build", second);
    await publisher.feed("rotate", "--role", "timestamp");
    expect(await publisher.feed("export", "--to", stick)).toMatchObject({ copied: 2 });
    expect(filesUnder(stick)).toEqual(expect.arrayContaining(old));
    expect((await read(stick))?.build).toBe(second);
    await publisher.feed("release", "--ring", "ring0", "--build", await publisher.build("1.2.0"));
    await publisher.feed("export", "--to", stick);
    expect(filesUnder(stick).filter((name) => name.endsWith(".deb"))).toHaveLength(3);
    await publisher.feed("export", "--to", stick);
    // The build that ring0 runs, and its fallback.
    expect(filesUnder(stick).filter((name) => name.endsWith(".deb"))).toHaveLength(2);
    expect(await verify()).toMatchObject({ ok: true, faults: [] });
  });

  it("is not replaced by an older copy of the feed", async () => {
    const copy = publisher.copy();
    await publisher.feed("refresh");
    await publisher.feed("export", "--to", stick);
    const before = snapshot(stick);
    expect(await copy.refused("export", "--to", stick)).toBe("FEED_OUTDATED");
    expect(snapshot(stick)).toEqual(before);
  });

  it("keeps other files on the stick, and repairs damaged files", async () => {
    await publisher.feed("export", "--to", stick);
    mkdirSync(join(stick, "VAULT"));
    writeFileSync(join(stick, "VAULT", "vault.json"), "{}");
    writeFileSync(join(stick, "UPDATES", "README.txt"), "mine");
    const deb = filesUnder(stick).find((name) => name.endsWith(".deb")) ?? "";
    writeFileSync(join(stick, deb), "package 6.6.6");
    expect((await verify()).error?.code).toBe("FEED_UNTRUSTED");
    await publisher.feed("export", "--to", stick);
    expect(await verify()).toMatchObject({ ok: true });
    expect(readFileSync(join(stick, "UPDATES", "README.txt"), "utf8")).toBe("mine");
    expect(existsSync(join(stick, "VAULT", "vault.json"))).toBe(true);
  });

  it("shows the old state after an interruption, until the export is run again", async () => {
    await publisher.feed("export", "--to", stick);
    const half = publisher.path("half");
    cpSync(stick, half, { recursive: true });
    await publisher.feed("release", "--ring", "ring0", "--build", second);
    await publisher.feed("export", "--to", stick);
    // Everything new is there except the timestamp, which is written last.
    for (const name of filesUnder(stick)) {
      if (name.endsWith("timestamp.json")) continue;
      mkdirSync(join(half, name, ".."), { recursive: true });
      cpSync(join(stick, name), join(half, name));
    }
    expect((await read(half))?.build).toBe(first);
    await publisher.feed("export", "--to", half);
    expect((await read(half))?.build).toBe(second);
  });

  it.each([
    ["no such stick", () => publisher.path("none"), "NOT_FOUND"],
    ["the feed itself", () => publisher.repo, "NOT_A_STICK"],
  ])("is refused for %s", async (_name, to, code) => {
    expect(await publisher.refused("export", "--to", to())).toBe(code);
  });

  it("is refused before the first byte if there is not enough space", async ({ skip }) => {
    const small = publisher.path("small");
    const unmount = mountMemory(small, "size=64k");
    if (!unmount) skip("mounting a tmpfs is not allowed here");
    else onTestFinished(unmount);
    expect(await publisher.refused("export", "--to", small)).toBe("DISK_FULL");
    expect(readdirSync(small)).toEqual([]);
  });

  it.skipIf(whyNoFat32() !== undefined)("is complete on a real FAT32 file system", async () => {
    const folder = publisher.path("fat");
    const mount = await mountFat32(publisher.path("fat.img"), folder);
    await publisher.feed("export", "--to", folder);
    await publisher.feed("release", "--ring", "ring0", "--build", second);
    await publisher.feed("export", "--to", folder);
    expect(await verify(folder)).toMatchObject({ ok: true, faults: [] });
    await mount.unmount();
  });
});

describe("feed verify", () => {
  it("finds missing files and expired metadata", async () => {
    const trust = ["--trust", publisher.trust];
    expect(await run(["feed", "verify", "--repo", publisher.repo, ...trust])).toMatchObject({ ok: true, faults: [] });
    const later = Math.floor(Date.now() / 1000) + 3 * 86_400;
    const result = await run(["feed", "verify", "--repo", publisher.repo, ...trust], later);
    expect(result).toMatchObject({
      ok: false,
      error: { code: "FEED_UNTRUSTED" },
      faults: [
        "the app of ring0 refuses it (EXPIRED)",
        "the app of ring1 refuses it (EXPIRED)",
        "the app of ga refuses it (EXPIRED)",
        "timestamp is expired",
      ],
    });
    const deb = filesUnder(publisher.repo).find((name) => name.includes(first) && name.endsWith(".deb")) ?? "";
    rmSync(join(publisher.repo, deb));
    expect((await run(["feed", "verify", "--repo", publisher.repo, ...trust]))["faults"]).toHaveLength(1);
  });
});
