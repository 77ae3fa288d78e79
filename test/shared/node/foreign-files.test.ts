import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLicenseStore } from "../../../src-main/license/index.ts";
import {
  listForeignFolder,
  makeForeignFolder,
  readForeignFile,
  writeForeignFile,
} from "../../../src-shared/node/foreign-files.ts";
import { readAll } from "../../../src-shared/node/update-feed/feed-source.ts";
import { openFolderSource } from "../../../src-shared/node/update-feed/index.ts";
import { openVault, openVaultFile, partsOf } from "../../../src-shared/node/vault-reader.ts";
import { err } from "../../../src-shared/result.ts";
import { ROOTS } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { inVault, openedStick, TWO_VIDEOS } from "../vault/opened-stick.ts";
import { fileIdOf } from "../vault/stick.ts";

/** A stick with a folder, and a folder outside of it with a file of the same name. */
function place() {
  const folder = temporaryFolder();
  const [root, outside] = [join(folder, "stick"), join(folder, "outside")];
  for (const one of [root, outside]) {
    mkdirSync(join(one, "VAULT", "inner"), { recursive: true });
    writeFileSync(join(one, "VAULT", "inner", "file"), one === root ? "ours" : "theirs");
  }
  return { root, outside };
}

const PATH = ["VAULT", "inner", "file"] as const;

// What can be in the place of a folder or of the file, and whether a file may be read or written there.
const OBSTACLES: readonly (readonly [name: string, prepare: (root: string, outside: string) => void])[] = [
  ["the first folder is a link", (root, outside) => replace(join(root, "VAULT"), join(outside, "VAULT"))],
  [
    "the second folder is a link",
    (root, outside) => replace(join(root, "VAULT", "inner"), join(outside, "VAULT", "inner")),
  ],
  [
    "the folder is a link to another one on the stick",
    (root) => {
      renameSync(join(root, "VAULT", "inner"), join(root, "VAULT", "other"));
      symlinkSync("other", join(root, "VAULT", "inner"));
    },
  ],
  ["the folder is a link to itself", (root) => replace(join(root, "VAULT", "inner"), "inner")],
  ["the folder is a link to a device", (root) => replace(join(root, "VAULT", "inner"), "/dev/zero")],
  [
    "the folder is a pipe",
    (root) => {
      spawnSync("rm", ["-rf", join(root, "VAULT", "inner")]);
      spawnSync("mkfifo", [join(root, "VAULT", "inner")]);
    },
  ],
];

function replace(path: string, to: string): void {
  spawnSync("rm", ["-rf", path]);
  symlinkSync(to, path);
}

describe("a file in a folder that somebody else prepared", () => {
  it.each(OBSTACLES)("is neither read nor written if %s", async (_name, prepare) => {
    const { root, outside } = place();
    prepare(root, outside);
    expect(await readForeignFile(root, PATH, 100)).toBeUndefined();
    expect(await listForeignFolder(root, ["VAULT", "inner"])).toEqual([]);
    await expect(writeForeignFile(root, PATH, "new")).rejects.toMatchObject({ code: "ELOOP" });
    await expect(makeForeignFolder(root, ["VAULT", "inner", "deeper"])).rejects.toMatchObject({ code: "ELOOP" });
    expect(readFileSync(join(outside, ...PATH), "utf8")).toBe("theirs");
    expect(readdirSync(join(outside, "VAULT", "inner"))).toEqual(["file"]);
  });

  it("is read and replaced where there is no link, also below a root that is one", async () => {
    const { root } = place();
    const named = `${root}-named`;
    symlinkSync(root, named);
    expect((await readForeignFile(named, PATH, 100))?.toString()).toBe("ours");
    expect(await listForeignFolder(named, ["VAULT", "inner"])).toEqual(["file"]);
    await writeForeignFile(named, PATH, "new");
    await writeForeignFile(named, ["VAULT", "more", "file"], "more");
    expect(readFileSync(join(root, ...PATH), "utf8")).toBe("new");
    expect(readdirSync(join(root, "VAULT"))).toEqual(["inner", "more"]);
    expect(await readForeignFile(named, ["VAULT", "no", "file"], 100)).toBeUndefined();
  });

  it("replaces a link in its own place, and does not write through it", async () => {
    const { root, outside } = place();
    replace(join(root, ...PATH), join(outside, ...PATH));
    expect(await readForeignFile(root, PATH, 100)).toBeUndefined();
    await writeForeignFile(root, PATH, "new");
    expect(readFileSync(join(outside, ...PATH), "utf8")).toBe("theirs");
    expect((await readForeignFile(root, PATH, 100))?.toString()).toBe("new");
  });
});

describe("the app follows no link", () => {
  const moved = (path: string) => {
    renameSync(path, `${path}-moved`);
    symlinkSync(`${path}-moved`, path);
  };

  it("to a vault", async () => {
    const { root } = await openedStick();
    moved(inVault(root));
    expect(await openVault(root, ROOTS)).toEqual(err("NO_VAULT"));
  });

  it.each([["data"], ["data", fileIdOf(TWO_VIDEOS[0]!.name)]])("to the parts of a video: %s", async (...names) => {
    const { root, vault } = await openedStick();
    moved(inVault(root, ...names));
    const parts = partsOf(vault, fileIdOf(TWO_VIDEOS[0]!.name))!;
    expect(await openVaultFile(parts, new Uint8Array(32), new Uint8Array())).toEqual(err("CHANGED"));
  });

  it("to licenses and revocation lists", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "VAULT", "licenses"), { recursive: true });
    writeFileSync(join(root, "VAULT", "licenses", "a.uvvlic"), "a license");
    writeFileSync(join(root, "VAULT", "revocations.uvvrev"), "a list");
    const store = createLicenseStore(temporaryFolder());
    expect([await store.onStick(root), await store.revocations(root)]).toEqual([["a license"], ["a list"]]);
    moved(join(root, "VAULT", "licenses"));
    expect(await store.onStick(root)).toEqual([]);
    moved(join(root, "VAULT"));
    expect([await store.onStick(root), await store.revocations(root)]).toEqual([[], []]);
  });

  it("to a feed", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "UPDATES", "metadata"), { recursive: true });
    writeFileSync(join(root, "UPDATES", "metadata", "timestamp.json"), "{}");
    const source = openFolderSource(join(root, "UPDATES"));
    const read = () =>
      readAll(source, new URL(`${source.metadataUrl}/timestamp.json`), 100, new AbortController().signal);
    expect(await read()).toMatchObject({ ok: true });
    moved(join(root, "UPDATES"));
    expect(await read()).toEqual(err("NOT_FOUND"));
  });
});
