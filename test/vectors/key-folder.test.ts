import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, it } from "vitest";
import { parseBackupManifest, parseGenerationNote } from "../../src-ops/backup/backup-manifest.ts";
import { RegisterEntry } from "../../src-ops/register/index.ts";
import { parseTrustRoot } from "../../src-shared/jws/index.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { openLock, parsePasswordLock } from "../../src-ops/keys/protection/password-lock.ts";
import { openSealedFile, parseSealedFile } from "../../src-ops/keys/protection/sealed-file.ts";
import { testSeed } from "../fakes/test-keys.ts";
import { FROZEN } from "./make.ts";
import { makeKeyFolder } from "./make-key-folder.ts";

type Backups = Readonly<Record<"backup" | "generation", string>> & {
  readonly issuer: object;
  readonly backupClaims: object;
  readonly restored: object;
};

type Vector = {
  readonly password: string;
  readonly folderKeyPhrase: string;
  readonly lock: object;
  readonly files: readonly {
    readonly name: string;
    readonly kid: string;
    readonly content: string;
    readonly file: object;
  }[];
};

const frozen = readFileSync(join(FROZEN, "key-folder.json"), "utf8");
const asBytes = (value: object) => utf8(JSON.stringify(value));

it("the frozen key folder is what the page describes, byte for byte", async () => {
  expect(await makeKeyFolder()).toBe(frozen);
});

it("its password opens the folder key, which opens each file in its own place only", async () => {
  const { password, folderKeyPhrase, lock, files } = JSON.parse(frozen) as Vector;
  const parsed = parsePasswordLock(asBytes(lock))!;
  const folderKey = (await openLock(parsed, password))!;
  expect(Buffer.from(folderKey.key).equals(testSeed(folderKeyPhrase))).toBe(true);
  expect(await openLock(parsed, `${password} `)).toBeUndefined();
  for (const { name, kid, content, file } of files) {
    const sealed = parseSealedFile(asBytes(file))!;
    expect(Buffer.from(openSealedFile(folderKey, { name, kid }, sealed)!).toString()).toBe(content);
    expect(openSealedFile(folderKey, { name: `x${name}`, kid }, sealed)).toBeUndefined();
    expect(openSealedFile(folderKey, { name, kid: "x" }, { ...sealed, kid: "x" })).toBeUndefined();
  }
});

it("its backup and the note of a restored folder are read, each only as what it is", () => {
  const { issuer, backup, generation, backupClaims, restored } = JSON.parse(frozen) as Backups;
  const root = parseTrustRoot(asBytes(issuer));
  if (!root.ok) throw new Error(root.error);
  expect(parseBackupManifest(utf8(backup), [root.value])).toEqual(backupClaims);
  expect(parseGenerationNote(utf8(`${generation}\n`), [root.value])).toMatchObject({ generation: 2 });
  expect(parseBackupManifest(utf8(generation), [root.value])).toBeUndefined();
  expect(parseGenerationNote(utf8(backup), [root.value])).toBeUndefined();
  expect(parseBackupManifest(utf8(backup), [])).toBeUndefined();
  expect(v.is(RegisterEntry, restored)).toBe(true);
});
