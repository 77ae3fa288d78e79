// Makes the frozen vectors: `node test/vectors/make.ts`. Nothing in them is random, so a second run gives the same
// bytes; frozen.test.ts compares them with the committed files. A change here changes a published format.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import nacl from "tweetnacl";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { concatBytes } from "../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { KEY_MANIFEST_PROFILE, type TrustRole } from "../../src-shared/jws/index.ts";
import { armor, type LicenseClaims, RETURN_TYP } from "../../src-shared/license/index.ts";
import { seal } from "../../src-shared/node/aead.ts";
import { sealContainer } from "../../src-shared/node/container-writer.ts";
import { deviceFingerprintOf, stickFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import { deviceIdOf } from "../../src-shared/node/device-sealing.ts";
import { keyCommitment, passphraseKey, SCRYPT_COST } from "../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";
import { APP_LIST_PROFILE, type AppListClaims } from "../../src-ops/packing/app/app-list.ts";
import {
  MARK_KEY,
  LICENSE_ID,
  licenseClaims,
  licenseIssuer,
  licenseToken,
  keyManifestToken,
  NOW,
  parent,
  requestToken,
  revocationIssuer,
  revocationToken,
  signToken,
  STICK_ID,
  VAULT_ID,
  vaultPublisher,
} from "../fakes/issuer.ts";
import { type TestKey, testKey, testKeyFile, testSeed } from "../fakes/test-keys.ts";
import { testPack } from "../fakes/test-pack.ts";
import { KEK, writeStick } from "../shared/vault/stick.ts";
import { AES_256_GCM, sealBase } from "./hpke.ts";

export const FROZEN = join(import.meta.dirname, "frozen");
export const PASSPHRASE = "frozen vectors only";
export const DEVICE_PHRASE = "frozen device";

export const HARDWARE = {
  computer: {
    os: "0123456789abcdef0123456789abcdef",
    disk: "S4EWNX0R123456",
    net: ["3c:22:fb:00:00:01", "3c:22:fb:00:00:02"],
  },
  drive: { serial: "4C530001230101112345", volume: "1234abcd", partition: "1a2b3c4d-01", removable: true },
};

export const SEEDS =
  "Every secret here is SHA-512 of 'usb-video-vault test ' and a phrase, cut to the length it needs.";

/** File name to content. */
export async function makeVectors(): Promise<Record<string, string>> {
  const files = {
    "container.json": await containerVectors(),
    "license.json": await licenseVectors(),
    "stick.json": await stickVectors(),
    "keys.json": keyVectors(),
    "content-pack.json": await contentPackVectors(),
    "app-on-stick.json": appVectors(),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
  );
}

async function containerVectors() {
  const [keyPhrase, saltPhrase, context] = ["frozen container key", "frozen container salt", "frozen context"];
  const make = async (clear: Uint8Array) => {
    const salt = testSeed(saltPhrase).subarray(0, 24);
    const blocks: Uint8Array[] = [];
    for await (const block of sealContainer([clear], testSeed(keyPhrase), salt, utf8(context))) blocks.push(block);
    return Buffer.from(concatBytes(...blocks));
  };
  const short = "A lighthouse on a harbour wall.";
  const zeros = await make(new Uint8Array(16_385));
  return {
    note: SEEDS,
    keyPhrase,
    saltPhrase,
    context,
    short: { clear: short, container: (await make(utf8(short))).toString("hex") },
    empty: { clear: "", container: (await make(new Uint8Array(0))).toString("hex") },
    zeros: { clearBytes: 16_385, containerBytes: zeros.length, containerSha256: sha256Hex(zeros) },
  };
}

async function licenseVectors() {
  const devicePhrase = DEVICE_PHRASE;
  const device = deviceIdOf(x25519(devicePhrase).publicKey);
  const context = { issuer: licenseClaims().iss, licenseId: LICENSE_ID, seq: 5, vaultId: VAULT_ID, stickId: STICK_ID };

  const deviceMarks = deviceFingerprintOf(x25519(devicePhrase).privateKey, HARDWARE.computer);
  const stickMarks = stickFingerprintOf(MARK_KEY, HARDWARE.drive);
  const claims: Partial<LicenseClaims> = {
    bind: { mode: "device-or-stick", stick: STICK_ID, stickMarks, device, deviceMarks },
    vaults: [
      {
        id: VAULT_ID,
        commitment: keyCommitment(KEK, VAULT_ID),
        kek: { device: sealedToDevice(context), passphrase: await sealedByPassphrase(context) },
      },
    ],
  };
  const token = licenseToken(claims);
  return {
    note: SEEDS,
    vaultKeyPhrase: "vault key",
    devicePhrase,
    passphrase: PASSPHRASE,
    now: NOW,
    issuer: keyFile(licenseIssuer, "license-issuer"),
    revocationIssuer: keyFile(revocationIssuer, "revocation-list"),
    license: token,
    armored: armor("LICENSE", token),
    payload: JSON.stringify(licenseClaims(claims)),
    revocations: revocationToken({ seq: 3, licenses: [LICENSE_ID] }),
    // In one line, because a formatter would split the list.
    hardware: {
      ...HARDWARE,
      markKey: MARK_KEY,
      computer: { ...HARDWARE.computer, net: HARDWARE.computer.net.join(" ") },
    },
    request: requestToken({ device, x25519: toBase64url(x25519(devicePhrase).publicKey), deviceMarks, stickMarks }),
  };
}

type KekContext = Omit<Parameters<typeof kekInfo>[0], "device">;

/** The vault key sealed to the frozen computer, with an ephemeral key that is not random. */
export function sealedToDevice(context: KekContext) {
  const [ephemeral, { publicKey }] = [x25519("frozen ephemeral"), x25519(DEVICE_PHRASE)];
  const ct = sealBase(AES_256_GCM, ephemeral, publicKey, KEK, kekInfo({ ...context, device: deviceIdOf(publicKey) }));
  return { enc: toBase64url(ephemeral.publicKey), ct: toBase64url(ct) };
}

/** The vault key wrapped under the frozen passphrase, with a salt and a nonce that are not random. */
export async function sealedByPassphrase(context: KekContext) {
  const salt = testSeed("frozen scrypt salt").subarray(0, 16);
  const nonce = testSeed("frozen scrypt nonce").subarray(0, 12);
  const wrapping = await passphraseKey(PASSPHRASE, salt, SCRYPT_COST);
  const sealed = concatBytes(nonce, seal(wrapping, nonce, KEK, kekInfo({ ...context, device: "" })));
  return { salt: toBase64url(salt), ...SCRYPT_COST, sealed: toBase64url(sealed) };
}

async function stickVectors() {
  const root = await mkdtemp(join(tmpdir(), "uvv-vectors-"));
  try {
    await writeStick(root, {
      videos: [{ name: "lighthouse", content: utf8("Not a film, but as good as one here.") }],
      partBytes: 100,
    });
    return {
      note: SEEDS,
      vaultKeyPhrase: "vault key",
      publisher: keyFile(vaultPublisher, "vault-publisher"),
      video: "Not a film, but as good as one here.",
      files: await filesIn(root),
    };
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Every file below a folder, in base64url. */
async function filesIn(root: string): Promise<Record<string, string>> {
  const names = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths
    .toSorted()
    .map(async (path) => [relative(root, path).split(sep).join("/"), (await readFile(path)).toString("base64url")]);
  return Object.fromEntries(await Promise.all(files)) as Record<string, string>;
}

/** The pack that brings the stick of `stick.json` to its second generation, which has another video and lacks the first. */
async function contentPackVectors() {
  const [root, next] = [await mkdtemp(join(tmpdir(), "uvv-vectors-")), await mkdtemp(join(tmpdir(), "uvv-vectors-"))];
  const [old, lesson] = ["Not a film, but as good as one here.", "And this is the new lesson."];
  try {
    await writeStick(root, { videos: [{ name: "lighthouse", content: utf8(old) }], partBytes: 100 });
    const videos = [
      { name: "lighthouse", content: utf8(old) },
      { name: "new lesson", content: utf8(lesson) },
    ];
    await writeStick(next, { videos, partBytes: 100, claims: { gen: 2 } });
    const pack = testPack(root, next, 2, { keys: keyManifestToken(), revocations: revocationToken() });
    return {
      note: SEEDS,
      vaultKeyPhrase: "vault key",
      publisher: keyFile(vaultPublisher, "vault-publisher"),
      parent: keyFile(parent, "key-manifest"),
      video: lesson,
      pack: pack.toString("base64url"),
      files: await filesIn(next),
    };
  } finally {
    await Promise.all([root, next].map((folder) => rm(folder, { recursive: true })));
  }
}

function appVectors() {
  const packages = { "usb-video-vault_0.2.0_amd64.deb": "a package", "usb-video-vault-0.2.0-win-x64.zip": "another" };
  const files = Object.entries(packages).map(([name, content]) => {
    const sha256 = toBase64url(createHash("sha256").update(content).digest());
    return { name, size: content.length, sha256 };
  });
  const claims: AppListClaims = { v: 1, version: "0.2.0", iat: NOW, files };
  return {
    note: SEEDS,
    publisher: keyFile(vaultPublisher, "vault-publisher"),
    packages,
    list: signToken(APP_LIST_PROFILE.typ, claims, vaultPublisher),
  };
}

/** A second issuer key replaces the first; the computer of `license.json` returns its license. */
function keyVectors() {
  const next = testKey("issuer-2", "license-issuer", { generation: 2 });
  const device = testKey("device", "device");
  const keys = [
    testKeyFile({ ...licenseIssuer.root, role: "license-issuer", retired: true }),
    keyFile(next, "license-issuer"),
    keyFile(revocationIssuer, "revocation-list"),
    keyFile(vaultPublisher, "vault-publisher"),
  ];
  const returned = { v: 1, lid: LICENSE_ID, seq: 5, device: deviceIdOf(x25519("frozen device").publicKey), iat: NOW };
  return {
    note: SEEDS,
    parent: keyFile(parent, "key-manifest"),
    keys: signToken(KEY_MANIFEST_PROFILE.typ, { v: 1, seq: 1, iat: NOW, keys }, parent),
    licenseOfNextKey: licenseToken({}, next),
    device: toBase64url(device.root.publicKey),
    return: signToken(RETURN_TYP, returned, device),
    returned,
  };
}

export function x25519(phrase: string) {
  const privateKey = testSeed(phrase);
  return { privateKey, publicKey: nacl.scalarMult.base(privateKey) };
}

export function keyFile(key: TestKey, role: TrustRole) {
  return testKeyFile({ ...key.root, role });
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

if (import.meta.main) {
  for (const [name, content] of Object.entries(await makeVectors())) await writeFile(join(FROZEN, name), content);
}
