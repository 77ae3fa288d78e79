import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAll } from "../../../../src-shared/node/update-feed/feed-source.ts";
import { openFolderSource } from "../../../../src-shared/node/update-feed/index.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";
import { mountFat32, whyNoFat32 } from "../../../ops/support/mounts.ts";

function feedFolder(): string {
  const folder = join(temporaryFolder(), "UPDATES");
  mkdirSync(join(folder, "targets", "rings"), { recursive: true });
  writeFileSync(join(folder, "targets", "rings", "release.json"), "content");
  writeFileSync(join(folder, "..", "secret.json"), "secret");
  return folder;
}

async function readFrom(folder: string, href: string, maxBytes = 100): Promise<string> {
  const read = await readAll(openFolderSource(folder), new URL(href), maxBytes, new AbortController().signal);
  return read.ok ? read.value.toString() : read.error;
}

describe("a feed in a folder", () => {
  it("is read by its addresses", async () => {
    const { targetsUrl } = openFolderSource("");
    expect(await readFrom(feedFolder(), `${targetsUrl}/rings/release.json`)).toBe("content");
    expect(await readFrom(feedFolder(), `${targetsUrl}/rings/other.json`)).toBe("NOT_FOUND");
    expect(await readFrom(feedFolder(), `${targetsUrl}/rings/release.json/more`)).toBe("UNSAFE_PATH");
    expect(await readFrom("/nowhere", `${targetsUrl}/rings/release.json`)).toBe("NOT_FOUND");
  });

  it("returns no byte more than requested", async () => {
    expect(await readFrom(feedFolder(), "folder://feed/targets/rings/release.json", 6)).toBe("TOO_LARGE");
    expect(await readFrom(feedFolder(), "folder://feed/targets/rings/release.json", 7)).toBe("content");
  });

  it.each([
    ["to a parent folder", "folder://feed/targets/%2e%2e/%2e%2e/secret.json", /UNSAFE_PATH|NOT_FOUND/],
    ["to a parent folder within one name", "folder://feed/targets/..%2fsecret.json", /^UNSAFE_PATH$/],
    ["by backslashes", "folder://feed/targets/rings\\release.json", /^UNSAFE_PATH$/],
    ["to a hidden file", "folder://feed/targets/.hidden", /^UNSAFE_PATH$/],
    ["to a stream of NTFS", "folder://feed/targets/rings/release.json:x", /^UNSAFE_PATH$/],
    ["to a name that Windows shortens", "folder://feed/targets/rings/release.json.", /^UNSAFE_PATH$/],
    ["to an empty name", "folder://feed/targets//rings/release.json", /^UNSAFE_PATH$/],
    ["with a query", "folder://feed/targets/rings/release.json?x", /^UNSAFE_PATH$/],
    ["to another feed", "folder://other/targets/rings/release.json", /^UNSAFE_PATH$/],
    ["to the web", "https://feed/targets/rings/release.json", /^UNSAFE_PATH$/],
    ["to a folder", "folder://feed/targets/rings", /^UNSAFE_PATH$/],
    ["in another letter case", "folder://feed/targets/rings/Release.json", /^NOT_FOUND$/],
    ["in another letter case of a folder", "folder://feed/Targets/rings/release.json", /^NOT_FOUND$/],
  ])("does not give access %s", async (_name, href, refusal) => {
    expect(await readFrom(feedFolder(), href)).toMatch(refusal);
  });

  it("does not follow links, neither at the end of a path nor on the way", async () => {
    const folder = feedFolder();
    symlinkSync(join(folder, "..", "secret.json"), join(folder, "targets", "linked.json"));
    symlinkSync(join(folder, "targets", "rings"), join(folder, "targets", "linked"));
    expect(await readFrom(folder, "folder://feed/targets/linked.json")).toBe("UNSAFE_PATH");
    expect(await readFrom(folder, "folder://feed/targets/linked/release.json")).toBe("UNSAFE_PATH");
  });
});

const obstacle = whyNoFat32();

describe.skipIf(obstacle !== undefined)(`a feed on FAT32${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  it("is read by its exact names, though the file system accepts any case", async () => {
    const folder = temporaryFolder();
    const stick = join(folder, "mnt");
    const mount = await mountFat32(join(folder, "stick.img"), stick);
    mkdirSync(join(stick, "targets", "rings"), { recursive: true });
    writeFileSync(join(stick, "targets", "rings", "release.json"), "content");
    expect(existsSync(join(stick, "TARGETS", "rings", "Release.json"))).toBe(true);
    expect(await readFrom(stick, "folder://feed/targets/rings/release.json")).toBe("content");
    expect(await readFrom(stick, "folder://feed/TARGETS/rings/release.json")).toBe("NOT_FOUND");
    expect(await readFrom(stick, "folder://feed/targets/rings/Release.json")).toBe("NOT_FOUND");
    await mount.unmount();
  });
});
