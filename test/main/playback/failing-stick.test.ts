import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openVaultFile } from "../../../src-shared/node/vault-reader.ts";
import { fileContext } from "../../../src-shared/vault/index.ts";
import { MIB } from "../../../src-shared/units.ts";
import { VAULT_ID } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";
import { writeTestVault } from "../../fakes/test-vault.ts";
import { mountFat32, mountImage, whyNoFat32 } from "../../ops/support/mounts.ts";

const CLEAR = new Uint8Array(24 * MIB).map((_, index) => (index * 7 + (index >> 8)) % 256);
const missing = whyNoFat32();

async function openFilm(stick: string) {
  const path = join(stick, "VAULT", "data", testId("Film video"), "000");
  const parts = [{ path, size: statSync(path).size }];
  const file = await openVaultFile(parts, testSeed("Film video"), fileContext(VAULT_ID, testId("Film video"), "video"));
  if (!file.ok) throw new Error(file.error);
  return { file: file.value, path };
}

describe("a stick on a real FAT32 file system", () => {
  it("is GONE when it is removed during a read, and every later read fails at once", async (context) => {
    if (missing) context.skip(missing);
    const folder = temporaryFolder();
    const stick = join(folder, "stick");
    const { pull } = await mountFat32(join(folder, "stick.img"), stick);
    await writeTestVault(stick, [{ title: "Film", bytes: CLEAR }]);
    const { file } = await openFilm(stick);
    expect(await file.read(0, 1_000)).toEqual({ ok: true, value: Buffer.from(CLEAR.subarray(0, 1_000)) });
    const reads = [file.read(10 * MIB, 65_536), file.read(12 * MIB, 65_536)];
    await pull();
    await Promise.all(reads);
    expect(await file.read(20 * MIB, 65_536)).toEqual({ ok: false, error: "GONE" });
    await file.close();
    execFileSync("fusermount", ["-uz", stick]);
  });

  it("is UNREADABLE where the medium returns no bytes, and still readable elsewhere", async (context) => {
    if (missing) context.skip(missing);
    const folder = temporaryFolder();
    const [stick, image] = [join(folder, "stick"), join(folder, "stick.img")];
    const first = await mountFat32(image, stick);
    await writeTestVault(stick, [{ title: "Film", bytes: CLEAR }]);
    await first.unmount();
    const second = await mountImage(image, stick);
    const { file } = await openFilm(stick);
    // Half of the medium is missing now: its driver reports read errors from here on.
    truncateSync(image, 12 * MIB);
    expect(await file.read(18 * MIB, 65_536)).toEqual({ ok: false, error: "UNREADABLE" });
    expect(await file.read(0, 1_000)).toEqual({ ok: true, value: Buffer.from(CLEAR.subarray(0, 1_000)) });
    await file.close();
    await second.unmount();
  });
});

describe("a file that is changed while it is open", () => {
  it("returns none of the bytes that were written over it", async () => {
    const stick = temporaryFolder();
    await writeTestVault(stick, [{ title: "Film", bytes: CLEAR.subarray(0, MIB) }]);
    const { file, path } = await openFilm(stick);
    writeFileSync(path, Buffer.alloc(statSync(path).size, 1));
    expect(await file.read(500_000, 1_000)).toEqual({ ok: false, error: "DAMAGED" });
    await file.close();
  });

  it("is still read when another file takes its name", async () => {
    const stick = temporaryFolder();
    await writeTestVault(stick, [{ title: "Film", bytes: CLEAR.subarray(0, MIB) }]);
    const { file, path } = await openFilm(stick);
    writeFileSync(`${path}.new`, Buffer.alloc(statSync(path).size, 1));
    renameSync(`${path}.new`, path);
    expect(await file.read(500_000, 4)).toEqual({ ok: true, value: Buffer.from(CLEAR.subarray(500_000, 500_004)) });
    await file.close();
  });

  it("is truncated: its end is missing from then on", async () => {
    const stick = temporaryFolder();
    await writeTestVault(stick, [{ title: "Film", bytes: CLEAR.subarray(0, MIB) }]);
    const { file, path } = await openFilm(stick);
    truncateSync(path, 300_000);
    expect(await file.read(800_000, 1_000)).toEqual({ ok: false, error: "CHANGED" });
    expect(readdirSync(join(path, "..")).length).toBe(1);
    await file.close();
  });
});
