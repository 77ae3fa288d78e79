import { createCipheriv } from "node:crypto";
import { expect, it } from "vitest";
import { unlockByPassphrase, unlockOnDevice } from "../../../src-main/license/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { type License, verifyLicense } from "../../../src-shared/license/index.ts";
import { deviceIdOf, generateX25519, sealToDevice } from "../../../src-shared/node/device-sealing.ts";
import { keyCommitment, passphraseKey, SCRYPT_COST, unwrapKey } from "../../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../../src-shared/vault/index.ts";
import { LICENSE_ID, licenseClaims, licenseToken, ROOTS, STICK_ID, VAULT_ID } from "../../fakes/issuer.ts";
import { testSeed } from "../../fakes/test-keys.ts";

const BINDING = { issuer: licenseClaims().iss, licenseId: LICENSE_ID, seq: 5, vaultId: VAULT_ID, stickId: STICK_ID };

// Arithmetic in the field of GCM (NIST SP 800-38D, 6.3): bit 0 is the highest bit.
function times(a: bigint, b: bigint): bigint {
  let [product, v] = [0n, b];
  for (let i = 127n; i >= 0n; i--) {
    if ((a >> i) & 1n) product ^= v;
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
  }
  return product;
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n << 127n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = times(result, square);
    square = times(square, square);
  }
  return result;
}

const inverse = (a: bigint) => power(a, 2n ** 128n - 2n);
const toNumber = (block: Uint8Array) => BigInt(`0x${Buffer.from(block).toString("hex").padEnd(32, "0")}`);
const toBlock = (value: bigint) => Buffer.from(value.toString(16).padStart(32, "0"), "hex");

function encryptBlock(key: Uint8Array, block: Uint8Array): bigint {
  return toNumber(createCipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block));
}

/** 32 bytes of ciphertext and a tag that are authentic under both keys: the second block is solved for. */
function sealedForBoth(keys: readonly [Uint8Array, Uint8Array], nonce: Uint8Array, aad: Uint8Array): Uint8Array {
  const first = testSeed("first block").subarray(0, 16);
  const aadBlocks = Array.from({ length: Math.ceil(aad.length / 16) }, (_, i) => aad.subarray(16 * i, 16 * i + 16));
  const lengths = (BigInt(aad.length * 8) << 64n) | 256n;
  const parts = keys.map((key) => {
    const h = encryptBlock(key, new Uint8Array(16));
    const before = [...aadBlocks, first].reduce((sum, block) => times(sum ^ toNumber(block), h), 0n);
    const mask = encryptBlock(key, Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])]));
    return { square: times(h, h), rest: times(before, times(h, h)) ^ times(lengths, h) ^ mask };
  });
  const [one, two] = parts as [(typeof parts)[number], (typeof parts)[number]];
  const second = times(one.rest ^ two.rest, inverse(one.square ^ two.square));
  return Buffer.concat([first, toBlock(second), toBlock(times(second, one.square) ^ one.rest)]);
}

async function licenseOfBoth(): Promise<{ license: License; keys: Uint8Array[] }> {
  const salt = testSeed("salt");
  const nonce = testSeed("nonce").subarray(0, 12);
  const wrapping = await Promise.all(["first", "second"].map((word) => passphraseKey(word, salt, SCRYPT_COST)));
  const info = kekInfo({ ...BINDING, device: "" });
  const box = sealedForBoth(wrapping as [Uint8Array, Uint8Array], nonce, info);
  const sealed = toBase64url(Buffer.concat([nonce, box]));
  const keys = wrapping.map((key) => unwrapKey(key, sealed, info) as Uint8Array);
  const commitment = keyCommitment(keys[0]!, VAULT_ID);
  const passphrase = { salt: toBase64url(salt), ...SCRYPT_COST, sealed };
  const bind = { mode: "stick", stick: STICK_ID } as const;
  return { license: signed({ bind, vaults: [{ id: VAULT_ID, commitment, kek: { passphrase } }] }), keys };
}

function signed(claims: Parameters<typeof licenseToken>[0]): License {
  const license = verifyLicense(licenseToken(claims), ROOTS);
  if (!license.ok) throw new Error(license.error);
  return license.value;
}

it("a wrapped key that is authentic under two passphrases opens with the one whose key was signed", async () => {
  const { license, keys } = await licenseOfBoth();
  expect(keys[0]).toHaveLength(32);
  expect(keys[1]).toHaveLength(32);
  expect(keys[0]).not.toEqual(keys[1]);
  expect(await unlockByPassphrase(license, VAULT_ID, "first")).toEqual(keys[0]);
  expect(await unlockByPassphrase(license, VAULT_ID, "second")).toBeUndefined();
});

it("a key sealed to the computer opens only if it is the one that was signed, for this vault", async () => {
  const pair = await generateX25519();
  const id = deviceIdOf(pair.publicKey);
  const key = { id, x25519Private: pair.privateKey, x25519Public: pair.publicKey, ed25519Seed: testSeed("seed") };
  const kek = testSeed("kek");
  const sealed = await sealToDevice(pair.publicKey, kek, kekInfo({ ...BINDING, device: id }));
  const withCommitment = (commitment: string) =>
    signed({
      bind: { mode: "device", stick: STICK_ID, device: id },
      vaults: [{ id: VAULT_ID, commitment, kek: { device: sealed } }],
    });
  expect(await unlockOnDevice(withCommitment(keyCommitment(kek, VAULT_ID)), VAULT_ID, key)).toEqual(kek);
  for (const other of [keyCommitment(testSeed("other"), VAULT_ID), keyCommitment(kek, STICK_ID)]) {
    expect(await unlockOnDevice(withCommitment(other), VAULT_ID, key)).toBeUndefined();
  }
});
