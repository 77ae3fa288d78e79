import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Release } from "../../../src-shared/updates/index.ts";
import { mountFat32, mountMemory, whyNoFat32 } from "../support/mounts.ts";
import { filesUnder, snapshot } from "../support/publisher-fixture.ts";
import { type FeedWorkshop, openFeedWorkshop, run } from "./support/feed-fixture.ts";
import { serve, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: FeedWorkshop;
let stick: string;
let [first, second]: [string, string] = ["", ""];
beforeEach(async () => {
  shop = await openFeedWorkshop();
  stick = shop.path("stick");
  mkdirSync(stick);
  [first, second] = [await shop.build("1.0.0"), await shop.build("1.1.0")];
  await shop.feed("release", "--ring", "ring0", "--build", first);
});

const verify = (folder = stick) => run(["feed", "verify", "--repo", join(folder, "UPDATES"), "--trust", shop.trust]);
const read = async (folder: string) => {
  const { url } = await serve(join(folder, "UPDATES"));
  return tufReader(url, join(shop.trust, "feed-root.json")).json<Release>("rings/ring0/release.json");
};

describe("a feed on a stick", () => {
  it("holds all metadata and documents, and the builds that rings run; nothing of the publisher's own", async () => {
    expect(await shop.feed("export", "--to", stick)).toMatchObject({ ok: true });
    expect(await verify()).toMatchObject({ ok: true, faults: [], absent: [expect.stringContaining(second)] });
    expect((await read(stick))?.build).toBe(first);
    const names = filesUnder(stick);
    expect(names.filter((name) => name.endsWith(".deb"))).toHaveLength(1);
    expect(names.filter((name) => !/^UPDATES\/(?:metadata|targets)\//.test(name))).toEqual([]);
    for (const name of names) expect(name.split("/").at(-1)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/);
  });

  it("is brought up to date, and keeps the state before for whoever reads it now", async () => {
    await shop.feed("export", "--to", stick);
    const old = filesUnder(stick);
    await shop.feed("release", "--ring", "ring0", "--build", second);
    await shop.feed("rotate", "--role", "timestamp");
    expect(await shop.feed("export", "--to", stick)).toMatchObject({ copied: 2 });
    expect(filesUnder(stick)).toEqual(expect.arrayContaining(old));
    expect((await read(stick))?.build).toBe(second);
    await shop.feed("release", "--ring", "ring0", "--build", await shop.build("1.2.0"));
    await shop.feed("export", "--to", stick);
    expect(filesUnder(stick).filter((name) => name.endsWith(".deb"))).toHaveLength(3);
    await shop.feed("export", "--to", stick);
    // What ring0 runs, and what it falls back to.
    expect(filesUnder(stick).filter((name) => name.endsWith(".deb"))).toHaveLength(2);
    expect(await verify()).toMatchObject({ ok: true, faults: [] });
  });

  it("is not replaced by an older copy of the feed", async () => {
    const copy = shop.copy();
    await shop.feed("refresh");
    await shop.feed("export", "--to", stick);
    const before = snapshot(stick);
    expect(await copy.refused("export", "--to", stick)).toBe("FEED_OUTDATED");
    expect(snapshot(stick)).toEqual(before);
  });

  it("leaves what else is on the stick, and repairs what is damaged", async () => {
    await shop.feed("export", "--to", stick);
    mkdirSync(join(stick, "VAULT"));
    writeFileSync(join(stick, "VAULT", "vault.json"), "{}");
    writeFileSync(join(stick, "UPDATES", "README.txt"), "mine");
    const deb = filesUnder(stick).find((name) => name.endsWith(".deb")) ?? "";
    writeFileSync(join(stick, deb), "package 6.6.6");
    expect((await verify()).error?.code).toBe("FEED_UNTRUSTED");
    await shop.feed("export", "--to", stick);
    expect(await verify()).toMatchObject({ ok: true });
    expect(readFileSync(join(stick, "UPDATES", "README.txt"), "utf8")).toBe("mine");
    expect(existsSync(join(stick, "VAULT", "vault.json"))).toBe(true);
  });

  it("that was interrupted shows the old state, until the export is run again", async () => {
    await shop.feed("export", "--to", stick);
    const half = shop.path("half");
    cpSync(stick, half, { recursive: true });
    await shop.feed("release", "--ring", "ring0", "--build", second);
    await shop.feed("export", "--to", stick);
    // Everything new is there but the timestamp, which is written last.
    for (const name of filesUnder(stick)) {
      if (name.endsWith("timestamp.json")) continue;
      mkdirSync(join(half, name, ".."), { recursive: true });
      cpSync(join(stick, name), join(half, name));
    }
    expect((await read(half))?.build).toBe(first);
    await shop.feed("export", "--to", half);
    expect((await read(half))?.build).toBe(second);
  });

  it.each([
    ["no such stick", () => shop.path("none"), "NOT_FOUND"],
    ["the feed itself", () => shop.repo, "NOT_A_STICK"],
  ])("is refused for %s", async (_name, to, code) => {
    expect(await shop.refused("export", "--to", to())).toBe(code);
  });

  it("is refused before the first byte where there is no room", async ({ skip }) => {
    const small = shop.path("small");
    const unmount = mountMemory(small, "size=64k");
    if (!unmount) skip("mounting a tmpfs is not allowed here");
    else onTestFinished(unmount);
    expect(await shop.refused("export", "--to", small)).toBe("DISK_FULL");
    expect(readdirSync(small)).toEqual([]);
  });

  it.skipIf(whyNoFat32() !== undefined)("is whole on a real FAT32 file system", async () => {
    const folder = shop.path("fat");
    const mount = await mountFat32(shop.path("fat.img"), folder);
    await shop.feed("export", "--to", folder);
    await shop.feed("release", "--ring", "ring0", "--build", second);
    await shop.feed("export", "--to", folder);
    expect(await verify(folder)).toMatchObject({ ok: true, faults: [] });
    await mount.unmount();
  });
});

describe("feed verify", () => {
  it("finds a file that is missing, and one that is expired", async () => {
    const trust = ["--trust", shop.trust];
    expect(await run(["feed", "verify", "--repo", shop.repo, ...trust])).toMatchObject({ ok: true, faults: [] });
    const later = Math.floor(Date.now() / 1000) + 3 * 86_400;
    const told = await run(["feed", "verify", "--repo", shop.repo, ...trust], later);
    expect(told).toMatchObject({
      ok: false,
      error: { code: "FEED_UNTRUSTED" },
      faults: [
        "the app of ring0 refuses it (EXPIRED)",
        "the app of ring1 refuses it (EXPIRED)",
        "the app of ga refuses it (EXPIRED)",
        "timestamp is expired",
      ],
    });
    const deb = filesUnder(shop.repo).find((name) => name.includes(first) && name.endsWith(".deb")) ?? "";
    rmSync(join(shop.repo, deb));
    expect((await run(["feed", "verify", "--repo", shop.repo, ...trust]))["faults"]).toHaveLength(1);
  });
});
