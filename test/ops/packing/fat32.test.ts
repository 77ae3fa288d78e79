import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createHasher } from "../../../src-ops/packing/hashing/streams.ts";
import { FAT32_LIMIT, requireRoomForFile } from "../../../src-ops/packing/room-for-file.ts";
import { PartWriter } from "../../../src-ops/packing/part-writer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { noise, writeBigVideo } from "../support/big-video.ts";
import { mountFat32, mountImage, whyNoFat32 } from "../support/mounts.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Packed, succeed } from "../support/vaultctl.ts";
import { HARBOUR, LIGHTHOUSE, openPublisherFixture, TIDES } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const obstacle = whyNoFat32();

describe.skipIf(obstacle !== undefined)(`a real FAT32 stick${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  it("is packed, changed, licensed, copied and verified, and can be read after it was unmounted", async () => {
    const fixture = await openPublisherFixture();
    onTestFinished(() => fixture.remove());
    const [image, stick] = [fixture.path("stick.img"), fixture.path("mnt")];
    const keys = ["--stick", stick, "--keys", fixture.keys];
    const mount = await mountFat32(image, stick);
    let copied: string;
    try {
      const { videos } = await succeed<Packed>(["pack", ...keys, HARBOUR, TIDES]);
      const big = fixture.path("big.mp4");
      // Several large blocks: writes out of order would leave gaps, which FAT does not support.
      writeBigVideo(big, 20, "big");
      await succeed(["add", ...keys, LIGHTHOUSE, big]);
      await succeed(["remove", ...keys, videos[1]!.id]);
      mkdirSync(join(stick, "VAULT", "licenses"));
      const license = join(stick, "VAULT", "licenses", "c-1.uvvlic");
      const secret = ["--passphrase-file", fixture.path("pass.txt")];
      await succeed(["license", "issue", ...keys, "--for", "C-1", "--days", "9", ...secret, "--out", license]);
      const trust = ["--trust", fixture.trust];
      expect(await succeed(["license", "check", license, "--stick", stick, ...trust])).toMatchObject({ code: "OK" });
      copied = fixture.newStick("copy");
      await succeed(["stick", "copy", stick, copied, "--keys", fixture.keys]);
    } finally {
      await mount.unmount();
    }
    expect(execFileSync("fsck.fat", ["-n", image], { encoding: "utf8" })).not.toMatch(/error|differ|orphan/i);
    const again = await mountImage(image, stick);
    try {
      for (const location of [stick, copied]) {
        const verified = await succeed(["verify", location, "--trust", fixture.trust]);
        expect(verified).toMatchObject({ faults: [], extras: [] });
        const { catalog, read } = await openAsReader(fixture, location);
        expect(catalog.videos.map(({ title }) => title)).toEqual(["The harbour", "The lighthouse", "The harbour"]);
        for (const [index, path] of [HARBOUR, LIGHTHOUSE, fixture.path("big.mp4")].entries()) {
          expect((await read(catalog.videos[index]!.file, "video")).equals(readFileSync(path))).toBe(true);
        }
      }
    } finally {
      await again.unmount();
    }
  });

  it("is refused for a file that it cannot hold, before anything is written", async () => {
    const folder = temporaryFolder();
    const drive = join(folder, "mnt");
    const mount = await mountFat32(join(folder, "stick.img"), drive);
    const codeOf = async (bytes: number, where = drive) => {
      const room = await requireRoomForFile(join(where, "S1-v2.uvvpack"), bytes);
      return room.ok ? "fits" : room.error.code;
    };
    try {
      expect(await codeOf(FAT32_LIMIT)).toBe("FILE_TOO_LARGE");
      expect(await codeOf(FAT32_LIMIT - 1)).toBe("fits");
      expect(await codeOf(Number.MAX_SAFE_INTEGER, folder)).toBe("DISK_FULL");
      expect(await codeOf(1000)).toBe("fits");
      symlinkSync(drive, join(folder, "link"));
      expect(await codeOf(FAT32_LIMIT, join(folder, "link"))).toBe("FILE_TOO_LARGE");
      expect(await codeOf(FAT32_LIMIT, folder)).toBe("fits");
      expect(readdirSync(drive)).toEqual([]);
    } finally {
      await mount.unmount();
    }
  });

  // FAT has no sparse files: a write out of order leaves a gap, and this driver fills it wrongly.
  it("is written in order, block after block", async () => {
    const folder = temporaryFolder();
    const mount = await mountFat32(join(folder, "stick.img"), join(folder, "mnt"));
    const hasher = createHasher();
    try {
      const content = noise("in order").subarray(0, 200_000);
      const writer = new PartWriter(join(folder, "mnt"), content.length, hasher, () => {});
      for (let at = 0; at < content.length; at += 500) await writer.write(content.subarray(at, at + 500));
      await writer.finish();
      expect(readFileSync(join(folder, "mnt", "000")).equals(content)).toBe(true);
    } finally {
      await hasher.close();
      await mount.unmount();
    }
  });
});
