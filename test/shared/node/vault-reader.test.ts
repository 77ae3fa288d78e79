import { copyFile, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { openVault, readCatalog } from "../../../src-shared/node/vault-reader.ts";
import { err } from "../../../src-shared/result.ts";
import { MANIFEST_PROFILE } from "../../../src-shared/vault/index.ts";
import { licenseIssuer, ROOTS } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId, testKey, testSeed } from "../../fakes/test-keys.ts";
import { inVault, openedStick } from "../vault/opened-stick.ts";
import { KEK, sealCatalog, writeStick } from "../vault/stick.ts";

/** The generation that is opened, or the reason why none is. */
async function openedGeneration(root: string, roots = ROOTS): Promise<number | string> {
  const vault = await openVault(root, roots);
  return vault.ok ? vault.value.manifest.claims.gen : vault.error;
}

async function stickWith(...gens: number[]): Promise<string> {
  const root = temporaryFolder();
  for (const gen of gens) await writeStick(root, { claims: { gen } });
  return root;
}

describe("finding the vault of a stick", () => {
  it("uses the highest generation, by number and not by name", async () => {
    expect(await openedGeneration(await stickWith(9, 10, 2))).toBe(10);
  });

  it("is NO_VAULT in an empty folder, in a folder without manifests, and where there is no folder", async () => {
    const root = temporaryFolder();
    expect(await openedGeneration(root)).toBe("NO_VAULT");
    await mkdir(inVault(root));
    await writeFile(inVault(root, "manifest.1.uvv"), "");
    expect(await openedGeneration(root)).toBe("NO_VAULT");
    await writeFile(join(root, "file"), "");
    expect(await openedGeneration(join(root, "file"))).toBe("NO_VAULT");
  });

  it("reads 64 MiB of manifests at most, newest first, and finds an older one within that", async () => {
    const root = await stickWith(1);
    const fill = async (gen: number) => {
      await writeFile(inVault(root, `manifest.${gen}.jws`), "");
      await truncate(inVault(root, `manifest.${gen}.jws`), MANIFEST_PROFILE.maxBytes);
    };
    for (const gen of [2, 3, 4]) await fill(gen);
    expect(await openedGeneration(root)).toBe(1);
    await fill(5);
    expect(await openedGeneration(root)).toBe("UNTRUSTED");
  });

  it("is UNTRUSTED without an anchor, or with anchors of other roles only", async () => {
    const root = await stickWith(1);
    expect(await openedGeneration(root, [])).toBe("UNTRUSTED");
    expect(await openedGeneration(root, [licenseIssuer.root])).toBe("UNTRUSTED");
  });

  // An older generation is used if the newest is only partly copied: the ledger decides whether it is too old.
  it.each([
    [
      "the newest manifest is forged",
      (root: string) =>
        writeStick(root, { claims: { gen: 3 }, key: testKey("x", "vault-publisher", { kid: "publisher-1" }) }),
      2,
    ],
    [
      "the newest manifest is signed by an unknown key",
      (root: string) => writeStick(root, { claims: { gen: 3 }, key: testKey("x", "vault-publisher") }),
      2,
    ],
    ["the newest manifest is truncated", (root: string) => truncate(inVault(root, "manifest.3.jws"), 100), 2],
    ["the newest manifest is empty", (root: string) => truncate(inVault(root, "manifest.3.jws"), 0), 2],
    [
      "the newest manifest is an older one under a new name",
      (root: string) => copyFile(inVault(root, "manifest.2.jws"), inVault(root, "manifest.3.jws")),
      2,
    ],
    [
      "the newest manifest is a link",
      (root: string) =>
        rename(inVault(root, "manifest.3.jws"), inVault(root, "x")).then(() =>
          symlink("x", inVault(root, "manifest.3.jws")),
        ),
      2,
    ],
    [
      "the newest manifest is a folder",
      (root: string) => rm(inVault(root, "manifest.3.jws")).then(() => mkdir(inVault(root, "manifest.3.jws"))),
      2,
    ],
    ["the newest catalog is missing", (root: string) => rm(inVault(root, "manifest.3.uvv")), 2],
    ["the newest catalog is truncated", (root: string) => truncate(inVault(root, "manifest.3.uvv"), 60), 2],
    [
      "the newest catalog has one more byte",
      async (root: string) =>
        writeFile(
          inVault(root, "manifest.3.uvv"),
          Buffer.concat([await readFile(inVault(root, "manifest.3.uvv")), Buffer.alloc(1)]),
        ),
      2,
    ],
    [
      "the newest catalog is that of another generation",
      (root: string) => copyFile(inVault(root, "manifest.2.uvv"), inVault(root, "manifest.3.uvv")),
      2,
    ],
    [
      "the newest catalog is a link",
      (root: string) =>
        rename(inVault(root, "manifest.3.uvv"), inVault(root, "x")).then(() =>
          symlink("x", inVault(root, "manifest.3.uvv")),
        ),
      2,
    ],
    ["the newest manifest was deleted", (root: string) => rm(inVault(root, "manifest.3.jws")), 2],
    ["an older manifest is forged", (root: string) => truncate(inVault(root, "manifest.2.jws"), 100), 3],
    ["an older catalog is missing", (root: string) => rm(inVault(root, "manifest.2.uvv")), 3],
  ])("if %s", async (_name, damage, gen) => {
    const root = await stickWith(1, 2, 3);
    await damage(root);
    expect(await openedGeneration(root)).toBe(gen);
  });

  it("is INCOMPLETE if manifests are trusted but none has its catalog", async () => {
    const root = await stickWith(1, 2);
    await rm(inVault(root, "manifest.1.uvv"));
    await copyFile(inVault(root, "manifest.2.jws"), inVault(root, "manifest.2.uvv"));
    expect(await openedGeneration(root)).toBe("INCOMPLETE");
  });

  it("is UNTRUSTED if all manifests are forged", async () => {
    const root = temporaryFolder();
    await writeStick(root, { key: testKey("x", "vault-publisher", { kid: "publisher-1" }) });
    expect(await openedGeneration(root)).toBe("UNTRUSTED");
  });

  it("prefers a newer key over a higher number: a thief with a stolen key cannot outbid the key that replaced it", async () => {
    const root = temporaryFolder();
    const newer = testKey("publisher-2", "vault-publisher", { generation: 2 });
    await writeStick(root, { claims: { gen: 9_999_999_999 } });
    await writeStick(root, { claims: { gen: 4 }, key: newer });
    expect(await openedGeneration(root, [...ROOTS, newer.root])).toBe(4);
    expect(await openedGeneration(root)).toBe(9_999_999_999);
  });

  it("reads at most 32 manifests", async () => {
    const root = await stickWith(1);
    for (let gen = 2; gen <= 32; gen++) await writeFile(inVault(root, `manifest.${gen}.jws`), "junk");
    expect(await openedGeneration(root)).toBe(1);
    await writeFile(inVault(root, "manifest.33.jws"), "junk");
    expect(await openedGeneration(root)).toBe("UNTRUSTED");
  });
});

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
    ["invalid JSON", () => sealCatalog(utf8("{"), 1)],
    ["nothing", () => sealCatalog(new Uint8Array(0), 1)],
    ["invalid UTF-8", () => sealCatalog(Uint8Array.of(0x22, 0xff, 0x22), 1)],
    ["a duplicate member", () => sealCatalog(utf8('{"v":1,"v":1,"videos":[]}'), 1)],
    ["no version", () => sealCatalog(utf8('{"v":0,"videos":[]}'), 1)],
    ["the second version without sections", () => sealCatalog(utf8('{"v":2,"videos":[]}'), 1)],
    ["a video without an id", () => sealCatalog(utf8('{"v":1,"videos":[{}]}'), 1)],
    ["the third version without a protection", () => sealCatalog(utf8('{"v":3,"sections":[],"videos":[]}'), 1)],
  ])("is DAMAGED if it contains %s", async (_name, make) => {
    const { vault } = await openedStick();
    expect(await readCatalog({ ...vault, sealedCatalog: await make() }, KEK)).toEqual(err("DAMAGED"));
  });

  it("is NEWER if its version is one of a later program", async () => {
    const { vault } = await openedStick();
    for (const later of ['{"v":4}', '{"v":5,"videos":"elsewhere"}']) {
      expect(await readCatalog({ ...vault, sealedCatalog: await sealCatalog(utf8(later), 1) }, KEK)).toEqual(
        err("NEWER"),
      );
    }
  });
});
