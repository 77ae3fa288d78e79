import { createHash } from "node:crypto";
import { UNPROTECTED } from "../../src-shared/protection.ts";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { LicenseClaims } from "../../src-shared/license/index.ts";
import { sealContainer } from "../../src-shared/node/container-writer.ts";
import { type DeviceSealed, sealToDevice } from "../../src-shared/node/device-sealing.ts";
import { deriveSubkeys, keyCommitment, passphraseKey, SCRYPT_COST, wrapKey } from "../../src-shared/node/vault-keys.ts";
import {
  type CatalogVideo,
  catalogContext,
  catalogName,
  fileContext,
  type FileRole,
  formatCatalog,
  kekInfo,
  manifestName,
  type Section,
} from "../../src-shared/vault/index.ts";
import { LICENSE_ID, licenseIssuer, licenseToken, manifestToken, NOW, STICK_ID, VAULT_ID } from "./issuer.ts";
import { testId, type TestKey, testSeed } from "./test-keys.ts";

export const TEST_KEK = testSeed("kek");
export const TEST_PASSPHRASE = "correct horse battery staple";

/** The content of one video of a test vault. */
export type TestVideo = {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly type?: CatalogVideo["type"];
  readonly poster?: Uint8Array;
  readonly subtitle?: Uint8Array;
  /** Sheets of five pictures each, of which each stands for ten seconds. The video has ten of them. */
  readonly sheets?: readonly Uint8Array[];
  /** The number of pictures that the storyboard says it has. */
  readonly pictures?: number;
  /** The place of its section. */
  readonly section?: number;
  readonly description?: string;
};

/**
 * Writes a complete and validly signed vault into `root` and returns the ids of its videos. Salts depend on the names,
 * so two runs write the same bytes; each video gets a poster and a subtitle.
 */
export async function writeTestVault(
  root: string,
  videos: readonly TestVideo[],
  {
    gen = 1,
    stickId = STICK_ID,
    minSeq = 0,
    version = 1,
    hidesTitles = false,
    sections = [] as readonly Section[],
    protection = UNPROTECTED,
  } = {},
): Promise<string[]> {
  const files: { id: string; parts: { size: number; sha256: string }[] }[] = [];
  const wrap = deriveSubkeys(TEST_KEK).wrap;

  async function store(name: string, role: FileRole, clear: Uint8Array) {
    const id = testId(`${name} ${role}`);
    const key = testSeed(`${name} ${role}`);
    const context = fileContext(VAULT_ID, id, role);
    const sealed = await seal(clear, key, testSeed(`salt ${name} ${role}`).subarray(0, 24), context);
    const folder = join(root, "VAULT", "data", id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "000"), sealed);
    files.push({ id, parts: [{ size: sealed.length, sha256: sha256(sealed) }] });
    return { id, bytes: clear.length, key: wrapKey(wrap, key, context) };
  }

  const entries: CatalogVideo[] = [];
  for (const { title, bytes, type = "video/mp4", section, description, ...sidecars } of videos) {
    const { poster = utf8(`<svg>${title}</svg>`), subtitle = utf8("WEBVTT\n"), sheets, pictures = 10 } = sidecars;
    const layout = { everySeconds: 10, width: 320, height: 180, columns: 5, rows: 1, count: pictures };
    const sheetFile = sheets && (await store(title, "storyboard", Buffer.concat(sheets)));
    entries.push({
      id: testId(title),
      title,
      durationSeconds: 100,
      width: 640,
      height: 360,
      type,
      codecs: ["avc1.64001f"],
      added: NOW,
      file: await store(title, "video", bytes),
      poster: { ...(await store(title, "poster", poster)), type: "image/svg+xml" },
      subtitles: [{ ...(await store(title, "subtitle", subtitle)), language: "en", label: "English" }],
      chapters: [{ startSeconds: 0, title: "Start" }],
      ...(sheetFile ? { storyboard: { ...layout, ...sheetFile, sheets: sheets.map(({ length }) => length) } } : {}),
      ...(section === undefined ? {} : { section }),
      ...(description === undefined ? {} : { description }),
    });
  }
  const catalog = await seal(
    utf8(
      version === 1
        ? formatCatalog({ protection, hidesTitles, sections, videos: entries })
        : JSON.stringify({ v: version, videos: entries }),
    ),
    deriveSubkeys(TEST_KEK).catalog,
    testSeed(`salt catalog ${gen}`).subarray(0, 24),
    catalogContext(VAULT_ID),
  );
  await mkdir(join(root, "VAULT"), { recursive: true });
  await writeFile(join(root, "VAULT", catalogName(gen)), catalog);
  const claims = { gen, stickId, minSeq, catalog: { size: catalog.length, sha256: sha256(catalog) }, files };
  await writeFile(join(root, "VAULT", manifestName(gen)), manifestToken(claims));
  return entries.map(({ id }) => id);
}

/** A license in stick mode whose passphrase is `TEST_PASSPHRASE` and whose key really opens the test vault. */
export async function passphraseLicense(overrides: Partial<LicenseClaims> = {}): Promise<string> {
  const claims = { iss: "harbour-films", lid: LICENSE_ID, seq: 5, stick: STICK_ID, ...overrides };
  const salt = testSeed("scrypt salt").subarray(0, 16);
  const wrapping = await passphraseKey(TEST_PASSPHRASE, salt, SCRYPT_COST);
  const sealed = wrapKey(wrapping, TEST_KEK, infoOf(claims, ""));
  const passphrase = { salt: toBase64url(salt), ...SCRYPT_COST, sealed };
  return licenseToken({
    vaults: [{ id: VAULT_ID, commitment: keyCommitment(TEST_KEK, VAULT_ID), kek: { passphrase } }],
    bind: { mode: "stick", stick: STICK_ID },
    ...overrides,
  });
}

/** A license in device mode for this X25519 key, whose key really opens the test vault. */
export async function deviceLicense(
  device: { readonly id: string; readonly publicKey: Uint8Array },
  overrides: Partial<LicenseClaims> = {},
  issuer: TestKey = licenseIssuer,
): Promise<string> {
  const claims = { iss: "harbour-films", lid: LICENSE_ID, seq: 5, ...overrides };
  const kek: DeviceSealed = await sealToDevice(device.publicKey, TEST_KEK, infoOf(claims, device.id));
  const members: Partial<LicenseClaims> = {
    vaults: [{ id: VAULT_ID, commitment: keyCommitment(TEST_KEK, VAULT_ID), kek: { device: kek } }],
    bind: { mode: "device", stick: STICK_ID, device: device.id },
    ...overrides,
  };
  return licenseToken(members, issuer);
}

function infoOf(claims: { iss: string; lid: string; seq: number }, device: string): Uint8Array {
  const { iss, lid, seq } = claims;
  return kekInfo({ issuer: iss, licenseId: lid, seq, vaultId: VAULT_ID, stickId: STICK_ID, device });
}

async function seal(clear: Uint8Array, key: Uint8Array, salt: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of sealContainer([clear], key, salt, context)) blocks.push(block);
  return Buffer.concat(blocks);
}

function sha256(bytes: Uint8Array): string {
  return toBase64url(createHash("sha256").update(bytes).digest());
}
