import { createHash } from "node:crypto";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { deviceIdOf, generateX25519, openOnDevice, sealToDevice } from "../../../src-shared/node/device-sealing.ts";
import { testSeed } from "../../fakes/test-keys.ts";
import { AES_128_GCM, AES_256_GCM, openBase } from "../../vectors/hpke.ts";

const hex = (text: string) => Buffer.from(text, "hex");
const bytes = (text: string) => fromBase64url(text) as Uint8Array;

const pair = { privateKey: testSeed("device x25519"), publicKey: nacl.scalarMult.base(testSeed("device x25519")) };
const key = testSeed("vault key");
const info = utf8("bound to this");

describe("the oracle", () => {
  it("opens the first known answer of RFC 9180 (appendix A.1.1)", () => {
    const recipient = {
      privateKey: hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
      publicKey: hex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
    };
    const message = {
      enc: hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
      info: hex("4f6465206f6e2061204772656369616e2055726e"),
      aad: hex("436f756e742d30"),
      ct: hex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"),
    };
    expect(openBase(AES_128_GCM, recipient, message).toString()).toBe("Beauty is truth, truth beauty");
  });
});

describe("a key sealed to a device", () => {
  it("opens on that device", async () => {
    const sealed = await sealToDevice(pair.publicKey, key, info);
    expect([bytes(sealed.enc).length, bytes(sealed.ct).length]).toEqual([32, 48]);
    expect(await openOnDevice(pair.privateKey, sealed, info)).toEqual(key);
  });

  it("is HPKE as defined in RFC 9180: the oracle opens it too", async () => {
    const { enc, ct } = await sealToDevice(pair.publicKey, key, info);
    const opened = openBase(AES_256_GCM, pair, { enc: bytes(enc), ct: bytes(ct), info });
    expect(opened.equals(key)).toBe(true);
    expect(() => openBase(AES_256_GCM, pair, { enc: bytes(enc), ct: bytes(ct), info: utf8("x") })).toThrow();
  });

  it("is different each time", async () => {
    const [a, b] = [await sealToDevice(pair.publicKey, key, info), await sealToDevice(pair.publicKey, key, info)];
    expect(a.enc).not.toBe(b.enc);
    expect(a.ct).not.toBe(b.ct);
  });

  const flip = (text: string) => {
    const changed = bytes(text);
    changed[5] = (changed[5] as number) ^ 1;
    return toBase64url(changed);
  };
  type Sealed = { enc: string; ct: string };
  it.each([
    ["another device's key", testSeed("another device"), info, (sealed: Sealed) => sealed],
    ["another binding", pair.privateKey, utf8("bound to that"), (sealed: Sealed) => sealed],
    ["an edited ciphertext", pair.privateKey, info, ({ enc, ct }: Sealed) => ({ enc, ct: flip(ct) })],
    ["an edited encapsulation", pair.privateKey, info, ({ enc, ct }: Sealed) => ({ enc: flip(enc), ct })],
    ["a truncated ciphertext", pair.privateKey, info, ({ enc, ct }: Sealed) => ({ enc, ct: ct.slice(0, 40) })],
    ["an empty ciphertext", pair.privateKey, info, ({ enc }: Sealed) => ({ enc, ct: "" })],
    ["a short encapsulation", pair.privateKey, info, ({ enc, ct }: Sealed) => ({ enc: enc.slice(0, 40), ct })],
    ["an encapsulation of zeros", pair.privateKey, info, ({ ct }: Sealed) => ({ enc: "A".repeat(43), ct })],
    ["padding", pair.privateKey, info, ({ enc, ct }: Sealed) => ({ enc: `${enc}=`, ct })],
    ["a private key of 31 bytes", pair.privateKey.subarray(1), info, (sealed: Sealed) => sealed],
  ])("does not open with %s", async (_name, privateKey, otherInfo, change) => {
    const sealed = await sealToDevice(pair.publicKey, key, info);
    expect(await openOnDevice(privateKey, change(sealed), otherInfo)).toBeUndefined();
  });

  it("opens with a pair that was generated here", async () => {
    const made = await generateX25519();
    expect(nacl.scalarMult.base(made.privateKey)).toEqual(made.publicKey);
    expect(await openOnDevice(made.privateKey, await sealToDevice(made.publicKey, key, info), info)).toEqual(key);
  });

  it.each([
    ["of zeros", new Uint8Array(32)],
    ["of 31 bytes", new Uint8Array(31)],
  ])("is not sealed to a public key %s", async (_name, publicKey) => {
    await expect(sealToDevice(publicKey, key, info)).rejects.toThrow();
  });
});

describe("the name of a device", () => {
  it("is the thumbprint of its key: the required members in lexical order, without white space (RFC 7638)", () => {
    const jwk = JSON.stringify({ crv: "X25519", kty: "OKP", x: Buffer.from(pair.publicKey).toString("base64url") });
    expect(deviceIdOf(pair.publicKey)).toBe(createHash("sha256").update(jwk).digest("base64url"));
    expect(deviceIdOf(pair.publicKey)).toHaveLength(43);
  });
});
