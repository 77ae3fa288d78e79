import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { feedNameOf, kindOfFile } from "../../../src-ops/feed/build-file.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";
import { MAX_NOTES_CHARS } from "../../../src-shared/limits.ts";
import { serve, type TufReader, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let reader: TufReader;
beforeEach(async () => {
  publisher = await openFeedFixture();
  reader = tufReader((await serve(publisher.repo)).url, join(publisher.trust, "feed-root.json"));
});

const file = (name: string, content = name) => {
  writeFileSync(publisher.path(name), content);
  return publisher.path(name);
};
const VERSION = ["--version", "1.0.0", "--build-epoch", "1"];

describe("the kind of machine from a file's name", () => {
  it.each([
    ["usb-video-vault_1.0.0_amd64.deb", "linux x64 deb"],
    ["usb-video-vault-1.0.0-arm64.AppImage", "linux arm64 appimage"],
    ["usb-video-vault-1.0.0-linux-x64.tar.gz", "linux x64 tar.gz"],
    ["USB Video Vault Setup 1.0.0 x64.exe", "win32 x64 nsis"],
    ["USB Video Vault 1.0.0 x64 Portable.exe", "win32 x64 portable"],
    ["usb-video-vault-1.0.0-win-x64.zip", "win32 x64 zip"],
    ["usb-video-vault-1.0.0-mac-arm64.zip", "darwin arm64 zip"],
    ["usb-video-vault-1.0.0-aarch64.dmg", "darwin arm64 dmg"],
    ["usb-video-vault-1.0.0-x64.zip", undefined],
    ["usb-video-vault-1.0.0.deb", undefined],
    ["twin-x64.zip", undefined],
    ["notes.txt", undefined],
  ])("%s: %s", (name, expected) => {
    const found = kindOfFile(name, {});
    expect(found.ok ? `${found.value.platform} ${found.value.arch} ${found.value.kind}` : undefined).toBe(expected);
    if (!found.ok) expect(found.error.code).toBe("BUILD_FILE_UNKNOWN");
  });

  it("is overridden by the options", () => {
    const given = { platform: "darwin", arch: "arm64", kind: "zip" } as const;
    expect(kindOfFile("app.zip", given)).toEqual({ ok: true, value: given });
  });

  it.each([
    ["USB Video Vault Setup 1.0.0.exe", "USB-Video-Vault-Setup-1.0.0.exe"],
    [".été (1).deb", "ete-1-.deb"],
  ])("%s is stored in the feed as %s", (name, stored) => expect(feedNameOf(name)).toBe(stored));
});

describe("a build", () => {
  it("is added with its machines, its notes, and an id from the hashes of its files", async () => {
    const files = [file("usb-video-vault_1.0.0_amd64.deb"), file("USB Video Vault Setup 1.0.0 x64.exe")];
    const longest = "x".repeat(MAX_NOTES_CHARS);
    const notes = ["--notes-fr", longest, "--notes-en", "Chapters"];
    const added = await publisher.feed<{ build: string; files: string[] }>("add-build", ...files, ...VERSION, ...notes);
    expect(added.build).toMatch(/^1\.0\.0-[0-9a-f]{12}$/);
    expect(await reader.read(`builds/${added.build}/USB-Video-Vault-Setup-1.0.0-x64.exe`)).toContain("Setup");
    expect(await reader.json(`builds/${added.build}/notes.json`)).toEqual({ fr: longest, en: "Chapters" });
    const other = await openFeedFixture();
    const again = await other.feed<{ build: string }>("add-build", ...files.toReversed(), ...VERSION);
    expect(again.build).toBe(added.build);
  });

  it.each([
    ["the same files again", ["usb-video-vault_1.0.0_amd64.deb"], VERSION, "BUILD_EXISTS"],
    ["different files for the same version", ["other_amd64.deb"], VERSION, "BUILD_EXISTS"],
    [
      "two packages for the same machines",
      ["a_amd64.deb", "b_amd64.deb"],
      ["--version", "1.1.0", "--build-epoch", "1"],
      "BUILD_FILE_UNKNOWN",
    ],
    [
      "a newer version of a lower epoch",
      ["c_amd64.deb"],
      ["--version", "1.1.0", "--build-epoch", "0"],
      "BUILD_BELOW_FLOOR",
    ],
    [
      "an older version of a higher epoch",
      ["c_amd64.deb"],
      ["--version", "0.9.0", "--build-epoch", "2"],
      "BUILD_BELOW_FLOOR",
    ],
    ["an empty file", ["empty_amd64.deb"], ["--version", "1.1.0", "--build-epoch", "1"], "SOURCE_UNREADABLE"],
    ["an invalid version", ["c_amd64.deb"], ["--version", "1.1", "--build-epoch", "1"], "USAGE"],
    [
      "notes in one language",
      ["c_amd64.deb"],
      ["--version", "1.1.0", "--build-epoch", "1", "--notes-fr", "x"],
      "USAGE",
    ],
    [
      "notes longer than the app shows",
      ["c_amd64.deb"],
      ["--version", "1.1.0", "--build-epoch", "1", "--notes-fr", "x", "--notes-en", "x".repeat(MAX_NOTES_CHARS + 1)],
      "USAGE",
    ],
  ])("is refused: %s", async (_name, names, args, code) => {
    await publisher.feed("add-build", file("usb-video-vault_1.0.0_amd64.deb"), ...VERSION);
    const files = names.map((name) => file(name, name.startsWith("empty") ? "" : name));
    expect(await publisher.refused("add-build", ...files, ...args)).toBe(code);
  });

  it("is refused below the security floor, which cannot be lowered; revoked builds stay revoked", async () => {
    const build = await publisher.build("1.0.0", 1);
    await publisher.feed("security", "--floor", "2", "--revoke", build);
    expect(await reader.json("security.json")).toMatchObject({ seq: 2, buildFloor: 2, revokedBuilds: [build] });
    expect(await publisher.refused("security", "--floor", "1")).toBe("FLOOR_FALLS");
    expect(await publisher.refused("security")).toBe("USAGE");
    expect(await publisher.refused("security", "--revoke", "9.9.9-none")).toBe("BUILD_UNKNOWN");
    expect(await publisher.refused("add-build", file("d_amd64.deb"), "--version", "1.1.0", "--build-epoch", "1")).toBe(
      "BUILD_BELOW_FLOOR",
    );
    expect(await publisher.refused("release", "--ring", "ring0", "--build", build)).toBe("BUILD_REVOKED");
  });
});

describe("the first state of a feed", () => {
  it("has a bundle for each person and machine that only its owner can read, and an anchor without private keys", async () => {
    const bundles = join(publisher.keys, "private", "feed");
    expect(readdirSync(bundles).toSorted()).toEqual([
      "ci",
      ...[1, 2, 3].flatMap((person) => [`person-${person}`, `person-${person}-offline`]),
      "release",
      "server",
    ]);
    for (const name of readdirSync(join(bundles, "person-1"))) {
      expect(statSync(join(bundles, "person-1", name)).mode & 0o777).toBe(0o600);
    }
    const anchor = readFileSync(join(publisher.trust, "feed-root.json"), "utf8");
    expect(JSON.parse(anchor)).toMatchObject({ signed: { _type: "root", version: 1, "uvv:dev": true } });
    expect(anchor).not.toContain('"d"');
  });

  it.each([
    ["over an existing feed", () => [publisher.repo, publisher.keys], "FEED_EXISTS"],
    ["over the keys of another feed", () => [publisher.path("new"), publisher.keys], "KEYS_EXIST"],
    ["without the publisher's keys", () => [publisher.path("new"), publisher.path("none")], "KEYS_MISSING"],
  ])("is not created %s", async (_name, paths, code) => {
    const [repo, keys] = paths() as [string, string];
    expect((await run(["feed", "init", "--repo", repo, "--keys", keys])).error?.code).toBe(code);
  });

  it.each([
    ["without --repo", ["feed", "status"], "USAGE"],
    ["with too few people", ["feed", "init", "--people", "2", "--repo", "r", "--keys", "k"], "USAGE"],
    ["in a folder without a feed", ["feed", "status", "--repo", "/nowhere/at-all", "--keys", "k"], "FEED_MISSING"],
  ])("is refused %s", async (_name, args, code) => expect((await run(args)).error?.code).toBe(code));

  it("accepts its options before the command's name as well", async () => {
    expect(await run(["feed", "--repo", publisher.repo, "--keys", publisher.keys, "status"])).toMatchObject({
      ok: true,
    });
  });
});

describe("refreshing", () => {
  it("renews the server's roles automatically, and people's roles only if they are named", async () => {
    type Roles = { roles: { role: string; version: number; expired: boolean }[] };
    const versions = async (now: number) => {
      const { roles } = await publisher.feedAt<Roles>(now, "status");
      return Object.fromEntries(roles.map(({ role, version, expired }) => [role, expired ? "expired" : version]));
    };
    const later = NOW + 60 * 86_400;
    expect(await versions(later)).toMatchObject({ timestamp: "expired", snapshot: "expired", halt: 1, root: 1 });
    await publisher.feedAt(later, "refresh");
    expect(await versions(later)).toMatchObject({ timestamp: 2, snapshot: 2, halt: 2, lists: 2, ga: 1, root: 1 });
    await publisher.feedAt(later, "refresh", "--role", "root", "--role", "ga");
    expect(await versions(later)).toMatchObject({ timestamp: 3, root: 2, ga: 2, ring1: 1 });
    expect(await publisher.refused("refresh", "--role", "nobody")).toBe("USAGE");
    await reader.refresh();
  });
});

describe("the publisher's lists", () => {
  it("are published once in their signed form, and never an older one", async () => {
    expect(await publisher.feed("lists")).toMatchObject({ published: false });
    const kid = (JSON.parse(readFileSync(join(publisher.trust, "license-issuer.jwk.json"), "utf8")) as { kid: string })
      .kid;
    await run(["license", "revoke", "--key", kid, "--keys", publisher.keys]);
    const old = readFileSync(join(publisher.keys, "revocations.uvvrev"), "utf8");
    expect(await publisher.feed("lists")).toMatchObject({ published: true });
    expect(await reader.read("lists/revocations.uvvrev")).toBe(old);
    expect(await publisher.feed("lists")).toMatchObject({ published: false });
    await run(["keys", "rotate", "--role", "license-issuer", "--keys", publisher.keys]);
    await run(["license", "revoke", "--key", kid, "--keys", publisher.keys]);
    await publisher.feed("lists");
    expect(await reader.read("lists/keys.uvvkeys")).toBe(readFileSync(join(publisher.trust, "keys.uvvkeys"), "utf8"));
    rmSync(join(publisher.keys, "revocations.uvvrev"));
    expect(await publisher.refused("lists")).toBe("KEYS_OUTDATED");
  });
});
