import { copyFile, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import {
  openVault,
  openVaultFile,
  partsOf,
  readCatalog,
  unwrapFileKey,
} from "../../../src-shared/node/vault-reader.ts";
import { deriveSubkeys } from "../../../src-shared/node/vault-keys.ts";
import { err } from "../../../src-shared/result.ts";
import { licenseIssuer, ROOTS, vaultPublisher } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId, testKey, testSeed } from "../../fakes/test-keys.ts";
import { plaintextOf } from "../container/containers.ts";
import { fileIdOf, KEK, sealCatalog, sha256, writeStick } from "../vault/stick.ts";

const at = (root: string, ...names: string[]) => join(root, "VAULT", ...names);

/** The generation that is taken, or why none. */
async function take(root: string, roots = ROOTS): Promise<number | string> {
  const vault = await openVault(root, roots);
  return vault.ok ? vault.value.manifest.claims.gen : vault.error;
}

async function stickWith(...gens: number[]): Promise<string> {
  const root = temporaryFolder();
  for (const gen of gens) await writeStick(root, { claims: { gen } });
  return root;
}

describe("finding the vault of a stick", () => {
  it("takes the highest generation, by number and not by name", async () => {
    expect(await take(await stickWith(9, 10, 2))).toBe(10);
  });

  it("is NO_VAULT in an empty folder, in a folder without manifests, and where there is no folder", async () => {
    const root = temporaryFolder();
    expect(await take(root)).toBe("NO_VAULT");
    await mkdir(at(root));
    await writeFile(at(root, "manifest.1.uvv"), "");
    expect(await take(root)).toBe("NO_VAULT");
    await writeFile(join(root, "file"), "");
    expect(await take(join(root, "file"))).toBe("NO_VAULT");
  });

  it("is UNTRUSTED without an anchor, or with anchors of other roles only", async () => {
    const root = await stickWith(1);
    expect(await take(root, [])).toBe("UNTRUSTED");
    expect(await take(root, [licenseIssuer.root])).toBe("UNTRUSTED");
  });

  // An older generation is taken when the newest is half-copied: whether it is too old is for the ledger to say.
  it.each([
    [
      "the newest manifest is forged",
      (root: string) =>
        writeStick(root, { claims: { gen: 3 }, key: testKey("x", "vault-publisher", { kid: "publisher-1" }) }),
      2,
    ],
    [
      "the newest manifest is by a stranger",
      (root: string) => writeStick(root, { claims: { gen: 3 }, key: testKey("x", "vault-publisher") }),
      2,
    ],
    ["the newest manifest is cut", (root: string) => truncate(at(root, "manifest.3.jws"), 100), 2],
    ["the newest manifest is empty", (root: string) => truncate(at(root, "manifest.3.jws"), 0), 2],
    [
      "the newest manifest is an older one under a new name",
      (root: string) => copyFile(at(root, "manifest.2.jws"), at(root, "manifest.3.jws")),
      2,
    ],
    [
      "the newest manifest is a link",
      (root: string) =>
        rename(at(root, "manifest.3.jws"), at(root, "x")).then(() => symlink("x", at(root, "manifest.3.jws"))),
      2,
    ],
    [
      "the newest manifest is a folder",
      (root: string) => rm(at(root, "manifest.3.jws")).then(() => mkdir(at(root, "manifest.3.jws"))),
      2,
    ],
    ["the newest catalog is missing", (root: string) => rm(at(root, "manifest.3.uvv")), 2],
    ["the newest catalog is cut", (root: string) => truncate(at(root, "manifest.3.uvv"), 60), 2],
    [
      "the newest catalog has a byte more",
      async (root: string) =>
        writeFile(
          at(root, "manifest.3.uvv"),
          Buffer.concat([await readFile(at(root, "manifest.3.uvv")), Buffer.alloc(1)]),
        ),
      2,
    ],
    [
      "the newest catalog is that of another generation",
      (root: string) => copyFile(at(root, "manifest.2.uvv"), at(root, "manifest.3.uvv")),
      2,
    ],
    [
      "the newest catalog is a link",
      (root: string) =>
        rename(at(root, "manifest.3.uvv"), at(root, "x")).then(() => symlink("x", at(root, "manifest.3.uvv"))),
      2,
    ],
    ["the newest manifest was deleted", (root: string) => rm(at(root, "manifest.3.jws")), 2],
    ["an older manifest is forged", (root: string) => truncate(at(root, "manifest.2.jws"), 100), 3],
    ["an older catalog is missing", (root: string) => rm(at(root, "manifest.2.uvv")), 3],
  ])("when %s", async (_name, spoil, gen) => {
    const root = await stickWith(1, 2, 3);
    await spoil(root);
    expect(await take(root)).toBe(gen);
  });

  it("is INCOMPLETE when manifests are trusted but no catalog belongs to any", async () => {
    const root = await stickWith(1, 2);
    await rm(at(root, "manifest.1.uvv"));
    await copyFile(at(root, "manifest.2.jws"), at(root, "manifest.2.uvv"));
    expect(await take(root)).toBe("INCOMPLETE");
  });

  it("is UNTRUSTED when all manifests are forged", async () => {
    const root = temporaryFolder();
    await writeStick(root, { key: testKey("x", "vault-publisher", { kid: "publisher-1" }) });
    expect(await take(root)).toBe("UNTRUSTED");
  });

  it("prefers a newer key over a higher number: a stolen key cannot outbid the one that replaced it", async () => {
    const root = temporaryFolder();
    const newer = testKey("publisher-2", "vault-publisher", { generation: 2 });
    await writeStick(root, { claims: { gen: 9_999_999_999 } });
    await writeStick(root, { claims: { gen: 4 }, key: newer });
    expect(await take(root, [...ROOTS, newer.root])).toBe(4);
    expect(await take(root)).toBe(9_999_999_999);
  });

  it("looks at 32 manifests at most", async () => {
    const root = await stickWith(1);
    for (let gen = 2; gen <= 32; gen++) await writeFile(at(root, `manifest.${gen}.jws`), "junk");
    expect(await take(root)).toBe(1);
    await writeFile(at(root, "manifest.33.jws"), "junk");
    expect(await take(root)).toBe("UNTRUSTED");
  });
});

const videos = [
  { name: "one", content: plaintextOf(50_000) },
  { name: "two", content: plaintextOf(50_000).toReversed() },
];

async function openedStick() {
  const root = temporaryFolder();
  await writeStick(root, { videos });
  const vault = await openVault(root, ROOTS);
  if (!vault.ok) throw new Error(vault.error);
  return { root, vault: vault.value };
}

describe("the catalog", () => {
  it("opens with the vault key", async () => {
    const { vault } = await openedStick();
    const opened = await readCatalog(vault, KEK);
    expect(opened.ok && opened.value.catalog.videos.map((video) => video.title)).toEqual(["one", "two"]);
  });

  it("is WRONG_KEY with another vault key, and for another vault id", async () => {
    const { vault } = await openedStick();
    expect(await readCatalog(vault, testSeed("other"))).toEqual(err("WRONG_KEY"));
    const claims = { ...vault.manifest.claims, vaultId: testId("other") };
    expect(await readCatalog({ ...vault, manifest: { ...vault.manifest, claims } }, KEK)).toEqual(err("WRONG_KEY"));
  });

  it.each([
    [
      "a damaged chunk",
      async () =>
        Buffer.from(await sealCatalog(utf8('{"v":1,"videos":[]}'), 1)).map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
    ],
    ["no JSON", () => sealCatalog(utf8("{"), 1)],
    ["nothing", () => sealCatalog(new Uint8Array(0), 1)],
    ["invalid UTF-8", () => sealCatalog(Uint8Array.of(0x22, 0xff, 0x22), 1)],
    ["a member said twice", () => sealCatalog(utf8('{"v":1,"v":1,"videos":[]}'), 1)],
    ["another version", () => sealCatalog(utf8('{"v":2,"videos":[]}'), 1)],
    ["a video without an id", () => sealCatalog(utf8('{"v":1,"videos":[{}]}'), 1)],
  ])("is DAMAGED when it holds %s", async (_name, make) => {
    const { vault } = await openedStick();
    expect(await readCatalog({ ...vault, sealedCatalog: await make() }, KEK)).toEqual(err("DAMAGED"));
  });
});

describe("a file of the vault", () => {
  const [one, two] = videos.map((video) => fileIdOf(video.name)) as [string, string];
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

  it("reads as it was packed, across its parts", async () => {
    const { root, vault } = await openedStick();
    expect(partsOf(vault, one)).toHaveLength(3);
    const file = await openOne(root);
    if (!file.ok) throw new Error(file.error);
    const whole = await file.value.read(0, 50_000);
    expect(whole.ok && Buffer.from(whole.value).equals(Buffer.from(videos[0]!.content))).toBe(true);
    await file.value.close();
    expect(await file.value.read(0, 1)).toEqual(err("GONE"));
  });

  it("is not known under an id that the manifest does not list", async () => {
    const { vault } = await openedStick();
    expect(partsOf(vault, testId("other"))).toBeUndefined();
    expect(partsOf(vault, "../licenses")).toBeUndefined();
    expect(partsOf(vault, "__proto__")).toBeUndefined();
  });

  it.each([
    ["its first part is missing", (root: string) => rm(at(root, "data", one, "000")), "GONE"],
    ["its last part is missing", (root: string) => rm(at(root, "data", one, "002")), "GONE"],
    ["its folder is missing", (root: string) => rm(at(root, "data", one), { recursive: true }), "GONE"],
    ["a part is short", (root: string) => truncate(at(root, "data", one, "001"), 19_999), "CHANGED"],
    ["a part is oversized", (root: string) => truncate(at(root, "data", one, "001"), 20_001), "CHANGED"],
    ["the last part is short", (root: string) => truncate(at(root, "data", one, "002"), 5), "CHANGED"],
    [
      "two parts are swapped",
      (root: string) => swap(at(root, "data", one, "000"), at(root, "data", one, "001")),
      "WRONG_KEY",
    ],
    [
      "another file lies in its place",
      (root: string) => swap(at(root, "data", one), at(root, "data", two)),
      "WRONG_KEY",
    ],
    [
      "its first part is that of another file",
      (root: string) => copyFile(at(root, "data", two, "000"), at(root, "data", one, "000")),
      "WRONG_KEY",
    ],
    [
      "its last part is that of another file",
      (root: string) => copyFile(at(root, "data", two, "002"), at(root, "data", one, "002")),
      "DAMAGED",
    ],
  ])("does not open when %s, while the other file does not care", async (name, spoil, error) => {
    const { root } = await openedStick();
    await spoil(root);
    expect(await openOne(root)).toEqual(err(error));
    const other = await openOne(root, two);
    if (other.ok) await other.value.close();
    expect(other.ok).toBe(!name.startsWith("another file"));
  });

  it("opens but says DAMAGED where a middle part is that of another file", async () => {
    const { root } = await openedStick();
    await copyFile(at(root, "data", two, "001"), at(root, "data", one, "001"));
    const file = await openOne(root);
    if (!file.ok) throw new Error(file.error);
    expect(await file.value.read(17_000, 10_000)).toEqual(err("DAMAGED"));
    await file.value.close();
  });

  it("does not open with the key of another file, whose key does not unwrap here either", async () => {
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
    expect(vaultPublisher.root.role).toBe("vault-publisher");
  });
});

async function swap(a: string, b: string): Promise<void> {
  await rename(a, `${a}x`);
  await rename(b, a);
  await rename(`${a}x`, b);
}
