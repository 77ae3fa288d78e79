import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { openLock, parsePasswordLock } from "../../src-ops/keys/protection/password-lock.ts";
import { openSealedFile, parseSealedFile } from "../../src-ops/keys/protection/sealed-file.ts";
import { testSeed } from "../fakes/test-keys.ts";
import { FROZEN } from "./make.ts";
import { makeKeyFolder } from "./make-key-folder.ts";

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
