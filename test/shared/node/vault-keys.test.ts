import { createHmac, scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { deriveSubkeys, passphraseKey, SCRYPT_COST, unwrapKey, wrapKey } from "../../../src-shared/node/vault-keys.ts";
import { fileContext, kekInfo } from "../../../src-shared/vault/index.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";

const kek = testSeed("kek");
const key = testSeed("file key");
const aad = utf8("here");

describe("the subkeys of a vault key", () => {
  // HKDF written out (RFC 5869): one block of each is enough for 32 bytes.
  const hkdf = (label: string) => {
    const info = Buffer.concat([Buffer.from([0, 0, 0, label.length]), Buffer.from(label)]);
    const prk = createHmac("sha256", Buffer.alloc(32)).update(kek).digest();
    return createHmac("sha256", prk).update(info).update(Uint8Array.of(1)).digest("hex");
  };

  it("are HKDF-SHA256 without salt under their own labels", () => {
    const subkeys = deriveSubkeys(kek);
    expect(Buffer.from(subkeys.catalog).toString("hex")).toBe(hkdf("uvv-catalog-key/1"));
    expect(Buffer.from(subkeys.wrap).toString("hex")).toBe(hkdf("uvv-wrap-key/1"));
  });

  it.each([0, 31, 33])("are not made from %i bytes", (length) => {
    expect(() => deriveSubkeys(new Uint8Array(length))).toThrow(RangeError);
  });
});

describe("a wrapped key", () => {
  const wrapped = wrapKey(kek, key, aad);
  it("is 80 characters and unwraps where it belongs", () => {
    expect(wrapped).toHaveLength(80);
    expect(unwrapKey(kek, wrapped, aad)).toEqual(Buffer.from(key));
  });

  it("never looks the same twice", () => {
    expect(wrapKey(kek, key, aad)).not.toBe(wrapped);
  });

  it.each([
    ["under another key", testSeed("other"), wrapped, aad],
    ["in another place", kek, wrapped, utf8("there")],
    ["in no place", kek, wrapped, new Uint8Array(0)],
    ["with a byte cut", kek, wrapped.slice(0, 78), aad],
    ["with a byte more", kek, `${wrapped}AAAA`, aad],
    ["with padding", kek, `${wrapped}=`, aad],
    ["when it is empty", kek, "", aad],
    ["with another nonce", kek, `AAAA${wrapped.slice(4)}`, aad],
  ])("does not unwrap %s", (_name, under, text, where) => {
    expect(unwrapKey(under, text, where)).toBeUndefined();
  });

  it("does not unwrap a key of another length, though it authenticates", () => {
    const bytes = fromBase64url(wrapKey(kek, key.subarray(0, 16), aad)) as Uint8Array;
    expect(unwrapKey(kek, toBase64url(bytes), aad)).toBeUndefined();
  });
});

describe("the place that a file's key is bound to", () => {
  const [vault, file] = [testId("vault"), testId("file")];
  it("differs by vault, file and role", () => {
    const bindings = [
      fileContext(vault, file, "video"),
      fileContext(vault, file, "poster"),
      fileContext(vault, file, "subtitle"),
      fileContext(vault, testId("other"), "video"),
      fileContext(testId("other"), file, "video"),
    ];
    expect(new Set(bindings.map((binding) => Buffer.from(binding).toString("hex"))).size).toBe(bindings.length);
    const wrapped = wrapKey(kek, key, bindings[0] as Uint8Array);
    expect(bindings.map((binding) => unwrapKey(kek, wrapped, binding) !== undefined)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("differs, for a vault key, by every member of the license that is named", () => {
    const of = { issuer: "i", licenseId: "l", seq: 1, vaultId: "v", stickId: "s", device: "d" };
    const infos = [
      of,
      { ...of, issuer: "x" },
      { ...of, licenseId: "x" },
      { ...of, seq: 11 },
      { ...of, vaultId: "x" },
      { ...of, stickId: "x" },
      { ...of, device: "" },
    ];
    expect(new Set(infos.map((info) => Buffer.from(kekInfo(info)).toString("hex"))).size).toBe(infos.length);
    expect(Buffer.from(kekInfo(of)).toString("latin1")).toBe(
      "\0\0\0\tuvv-kek/1\0\0\0\u0001i\0\0\0\u0001l\0\0\0\u00011\0\0\0\u0001v\0\0\0\u0001s\0\0\0\u0001d",
    );
  });
});

describe("the key of a passphrase", () => {
  const salt = testSeed("salt").subarray(0, 16);
  it("is scrypt of its NFKC form at the cost that the license states", async () => {
    const expected = scryptSync(Buffer.from("caf\u00e91"), salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
    expect(Buffer.from(await passphraseKey("cafe\u0301\u00a0\u2460", salt, SCRYPT_COST)).equals(expected)).toBe(true);
    expect(Buffer.from(await passphraseKey("caf\u00e9 2", salt, SCRYPT_COST)).equals(expected)).toBe(false);
  });

  it("is the same however the groups are set apart and whatever the case", async () => {
    const expected = Buffer.from(await passphraseKey("ab12-cd34", salt, SCRYPT_COST));
    for (const typed of ["AB12 CD34", " ab12\u2011cd34\n", "ab12cd34", "Ab12 \u2013 Cd34"]) {
      expect(expected.equals(await passphraseKey(typed, salt, SCRYPT_COST))).toBe(true);
    }
    expect(expected.equals(await passphraseKey("ab12-cd35", salt, SCRYPT_COST))).toBe(false);
  });

  it("can be made at every cost that a license may state", async () => {
    expect(await passphraseKey("x", salt, { n: 2 ** 16, r: 8, p: 1 })).toHaveLength(32);
  });
});
