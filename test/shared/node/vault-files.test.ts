import { copyFile, mkdir, readdir, readFile, readlink, rename, rm, truncate } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { deriveSubkeys } from "../../../src-shared/node/vault-keys.ts";
import {
  openVault,
  openVaultFile,
  partsOf,
  readCatalog,
  unwrapFileKey,
} from "../../../src-shared/node/vault-reader.ts";
import { err } from "../../../src-shared/result.ts";
import { ROOTS } from "../../fakes/issuer.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";
import { inVault, openedStick, TWO_VIDEOS } from "../vault/opened-stick.ts";
import { fileIdOf, KEK, sha256 } from "../vault/stick.ts";

describe("a file of the vault", () => {
  const [one, two] = TWO_VIDEOS.map((video) => fileIdOf(video.name)) as [string, string];
  const keys = deriveSubkeys(KEK);

  async function openOne(root: string, fileId = one, as = fileId) {
    const vault = await openVault(root, ROOTS);
    if (!vault.ok) throw new Error(vault.error);
    const catalog = await readCatalog(vault.value, KEK);
    if (!catalog.ok) throw new Error(catalog.error);
    const video = catalog.value.catalog.videos.find(({ file }) => file.id === as);
    const unwrapped = unwrapFileKey(vault.value.manifest.claims.vaultId, keys, video!.file, "video");
    const parts = partsOf(vault.value, fileId);
    if (!unwrapped || !parts) throw new Error("not in the vault");
    return openVaultFile(parts, unwrapped.key, unwrapped.context);
  }

  it("is read as it was packed, across its parts", async () => {
    const { root, vault } = await openedStick();
    expect(partsOf(vault, one)).toHaveLength(3);
    const file = await openOne(root);
    if (!file.ok) throw new Error(file.error);
    const whole = await file.value.read(0, 50_000);
    expect(whole.ok && Buffer.from(whole.value).equals(Buffer.from(TWO_VIDEOS[0]!.content))).toBe(true);
    await file.value.close();
    expect(await file.value.read(0, 1)).toEqual(err("GONE"));
  });

  it("is not found under an id that the manifest does not list", async () => {
    const { vault } = await openedStick();
    expect(partsOf(vault, testId("other"))).toBeUndefined();
    expect(partsOf(vault, "../licenses")).toBeUndefined();
    expect(partsOf(vault, "__proto__")).toBeUndefined();
  });

  it.each([
    ["its first part is missing", (root: string) => rm(inVault(root, "data", one, "000")), "GONE"],
    ["its last part is missing", (root: string) => rm(inVault(root, "data", one, "002")), "GONE"],
    ["its folder is missing", (root: string) => rm(inVault(root, "data", one), { recursive: true }), "GONE"],
    ["a part is short", (root: string) => truncate(inVault(root, "data", one, "001"), 19_999), "CHANGED"],
    ["a part is oversized", (root: string) => truncate(inVault(root, "data", one, "001"), 20_001), "CHANGED"],
    ["the last part is short", (root: string) => truncate(inVault(root, "data", one, "002"), 5), "CHANGED"],
    [
      "two parts are swapped",
      (root: string) => swap(inVault(root, "data", one, "000"), inVault(root, "data", one, "001")),
      "WRONG_KEY",
    ],
    [
      "another file is in its place",
      (root: string) => swap(inVault(root, "data", one), inVault(root, "data", two)),
      "WRONG_KEY",
    ],
    [
      "its first part is that of another file",
      (root: string) => copyFile(inVault(root, "data", two, "000"), inVault(root, "data", one, "000")),
      "WRONG_KEY",
    ],
    [
      "its last part is that of another file",
      (root: string) => copyFile(inVault(root, "data", two, "002"), inVault(root, "data", one, "002")),
      "DAMAGED",
    ],
  ])("does not open if %s, while the other file is not affected", async (name, damage, error) => {
    const { root } = await openedStick();
    await damage(root);
    expect(await openOne(root)).toEqual(err(error));
    const other = await openOne(root, two);
    if (other.ok) await other.value.close();
    expect(other.ok).toBe(!name.startsWith("another file"));
  });

  it.runIf(process.platform === "linux").each([
    ["a part is missing", (root: string) => rm(inVault(root, "data", one, "002"))],
    ["a part is short", (root: string) => truncate(inVault(root, "data", one, "002"), 5)],
    [
      "a part is a folder",
      (root: string) => rm(inVault(root, "data", one, "002")).then(() => mkdir(inVault(root, "data", one, "002"))),
    ],
    [
      "the container does not open",
      (root: string) => swap(inVault(root, "data", one, "000"), inVault(root, "data", one, "001")),
    ],
  ])("leaves no file open if %s, so that the stick can be ejected", async (_name, damage) => {
    const { root } = await openedStick();
    await damage(root);
    expect((await openOne(root)).ok).toBe(false);
    const open = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    expect(open.filter((path) => path.startsWith(root))).toEqual([]);
  });

  it("opens but returns DAMAGED if a middle part belongs to another file", async () => {
    const { root } = await openedStick();
    await copyFile(inVault(root, "data", two, "001"), inVault(root, "data", one, "001"));
    const file = await openOne(root);
    if (!file.ok) throw new Error(file.error);
    expect(await file.value.read(17_000, 10_000)).toEqual(err("DAMAGED"));
    await file.value.close();
  });

  it("does not open with the key of another file, and that key does not unwrap here either", async () => {
    const { root, vault } = await openedStick();
    expect(await openOne(root, two, one)).toEqual(err("WRONG_KEY"));
    const catalog = await readCatalog(vault, KEK);
    if (!catalog.ok) throw new Error(catalog.error);
    const file = catalog.value.catalog.videos[0]!.file;
    const { vaultId } = vault.manifest.claims;
    expect(unwrapFileKey(vaultId, keys, file, "video")?.key).toEqual(Buffer.from(testSeed("file key one")));
    expect(unwrapFileKey(vaultId, keys, file, "poster")).toBeUndefined();
    expect(unwrapFileKey(vaultId, keys, { ...file, id: two }, "video")).toBeUndefined();
    expect(unwrapFileKey(testId("other"), keys, file, "video")).toBeUndefined();
    expect(unwrapFileKey(vaultId, deriveSubkeys(testSeed("other")), file, "video")).toBeUndefined();
  });

  it("has parts whose hashes are in the manifest, so that a stick is checked without its key", async () => {
    const { vault } = await openedStick();
    for (const { id, parts } of vault.manifest.claims.files) {
      const paths = partsOf(vault, id) ?? [];
      const hashes = await Promise.all(paths.map(async ({ path }) => sha256(await readFile(path))));
      expect(hashes).toEqual(parts.map((part) => part.sha256));
    }
    expect(vault.manifest.claims.files).toHaveLength(2);
  });
});

async function swap(a: string, b: string): Promise<void> {
  await rename(a, `${a}x`);
  await rename(b, a);
  await rename(`${a}x`, b);
}
