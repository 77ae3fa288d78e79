// Makes the frozen licenses and the stick in which every optional member of license.md and stick.md occurs at least
// once: `node test/vectors/make-members.ts`. Nothing in them is random.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatRecord, type LedgerRecord, EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { seal as sealCopy } from "../../src-main/ledger/seal.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { armor, type LicenseClaims } from "../../src-shared/license/index.ts";
import { deviceIdOf } from "../../src-shared/node/device-sealing.ts";
import { stickFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import { keyCommitment } from "../../src-shared/node/vault-keys.ts";
import { type EnrolmentClaims, ENROLMENT_PROFILE } from "../../src-shared/telemetry/index.ts";
import {
  type AddedProtection,
  PROTECTION_FROM,
  type Protection,
  strictest,
  UNPROTECTED,
} from "../../src-shared/protection.ts";
import { watermarkOf } from "../../src-shared/watermark.ts";
import { type Catalog, formatCatalog } from "../../src-shared/vault/index.ts";
import {
  MARK_KEY,
  keyManifestToken,
  licenseClaims,
  licenseIssuer,
  licenseToken,
  manifestToken,
  NOW,
  parent,
  requestToken,
  revocationIssuer,
  revocationToken,
  signRaw,
  signToken,
  STICK_ID,
  VAULT_ID,
  vaultPublisher,
} from "../fakes/issuer.ts";
import { testId, testKey, testSeed } from "../fakes/test-keys.ts";
import { KEK, sealCatalog, sha256 } from "../shared/vault/stick.ts";
import { sealFile, stickHiddenTitles, stickProtection, stickSections, stickStoryboard } from "./make-sections.ts";
import {
  DEVICE_PHRASE,
  FROZEN,
  HARDWARE,
  keyFile,
  PASSPHRASE,
  sealedByPassphrase,
  sealedToDevice,
  SEEDS,
  x25519,
} from "./make.ts";

/** File name to content. */
export async function makeMemberVectors(): Promise<Record<string, string>> {
  const files = {
    "license-members.json": await licenseMembers(),
    "stick-members.json": await stickMembers(),
    "stick-sections.json": await stickSections(),
    "stick-hidden-titles.json": await stickHiddenTitles(),
    "stick-storyboard.json": await stickStoryboard(),
    "stick-protection.json": await stickProtection(),
    "license-protection.json": licenseProtection(),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]),
  );
}

const enrolmentIssuer = testKey("enrolment-1", "telemetry-enrolment");
const retiredIssuer = testKey("issuer-0", "license-issuer", { retired: true });
const device = deviceIdOf(x25519(DEVICE_PHRASE).publicKey);

/** `seq` counts all licenses of a publisher: 5 is in license.json, 6 and 7 are other licenses. */
async function licenseMembers() {
  const deviceLicense = licenseToken(deviceClaims());
  const enrolment = signToken(ENROLMENT_PROFILE.typ, ENROLMENT, enrolmentIssuer);
  const armored = armor("LICENSE", deviceLicense);
  return {
    note: SEEDS,
    vaultKeyPhrase: "vault key",
    devicePhrase: DEVICE_PHRASE,
    passphrase: PASSPHRASE,
    now: NOW,
    issuer: keyFile(licenseIssuer, "license-issuer"),
    retiredIssuer: keyFile(retiredIssuer, "license-issuer"),
    revocationIssuer: keyFile(revocationIssuer, "revocation-list"),
    enrolmentIssuer: keyFile(enrolmentIssuer, "telemetry-enrolment"),
    deviceLicense,
    stickLicense: licenseToken(await stickClaims()),
    licenseOfRetiredKey: licenseToken({}, retiredIssuer),
    numbersSpelledOtherwise: withOtherNumberSpelling(),
    enrolment,
    enrolmentClaims: ENROLMENT,
    licenseFile: armored + armor("TELEMETRY ENROLMENT", enrolment),
    revocations: armor(
      "REVOCATION LIST",
      revocationToken({ seq: 4, licenses: [testId("license 4")], keys: ["issuer-0"] }),
    ),
    request: armor(
      "ACTIVATION REQUEST",
      requestToken({ device, x25519: toBase64url(x25519(DEVICE_PHRASE).publicKey) }),
    ),
    armour: armourCases(deviceLicense, armored),
  };
}

const ENROLMENT: EnrolmentClaims = {
  v: 1,
  pid: testId("pilot"),
  ring: "ring1",
  device,
  ed25519: toBase64url(testKey("device", "device").root.publicKey),
  iat: NOW,
  exp: NOW + 30 * 86_400,
};

function deviceClaims(seq = 6): LicenseClaims {
  const licenseId = testId("license 2");
  const context = { issuer: licenseClaims().iss, licenseId, seq, vaultId: VAULT_ID, stickId: STICK_ID };
  const bind = { mode: "device", stick: STICK_ID, device } as const;
  return licenseClaims({
    lid: licenseId,
    seq,
    ring: "ring1",
    bind,
    vaults: [{ id: VAULT_ID, commitment: keyCommitment(KEK, VAULT_ID), kek: { device: sealedToDevice(context) } }],
  });
}

async function stickClaims(): Promise<LicenseClaims> {
  const [licenseId, seq] = [testId("license 3"), 7];
  const context = { issuer: licenseClaims().iss, licenseId, seq, vaultId: VAULT_ID, stickId: STICK_ID };
  const { serial } = stickFingerprintOf(MARK_KEY, HARDWARE.drive);
  return licenseClaims({
    lid: licenseId,
    seq,
    grace: 0,
    entitlements: [testId("video lighthouse"), testId("video harbour")],
    bind: { mode: "stick", stick: STICK_ID, ...(serial === undefined ? {} : { stickMarks: { serial } }) },
    vaults: [
      {
        id: VAULT_ID,
        commitment: keyCommitment(KEK, VAULT_ID),
        kek: { passphrase: await sealedByPassphrase(context) },
      },
    ],
    revMin: 4,
  });
}

/** The same numbers as other programs may write them: only their value matters. */
function withOtherNumberSpelling(): string {
  const payload = JSON.stringify(licenseClaims())
    .replace('"v":1,', '"v":1.0,')
    .replace('"grace":604800,', '"grace":6.048e5,');
  return signRaw('{"alg":"EdDSA","kid":"issuer-1","typ":"uvv-license+jws"}', payload, licenseIssuer);
}

/** Texts and the result of reading them: `true` for the license's token, otherwise the error code. */
function armourCases(token: string, armored: string): readonly (readonly [string, string, true | "MALFORMED"])[] {
  const end = "-----END USB VIDEO VAULT LICENSE-----";
  return [
    ["the token alone", token, true],
    ["a line end behind the bare token", `${token}\n`, true],
    [
      "a byte order mark, a greeting and a signature around it",
      `\uFEFFHello,\n\n${armored}\n-- \nHarbour Films\n`,
      true,
    ],
    ["words on the lines of the armour", `here: ${armored.trimEnd()} that was all`, true],
    ["another block behind it", `${armored}-----BEGIN USB VIDEO VAULT LICENSE-----\n!\n${end}\n`, true],
    ["carriage returns and tabs", armored.replaceAll("\n", "\r\n\t"), true],
    ["quoted by a mail program", armored.replaceAll("\n", "\n> "), true],
    ["no end", armored.replace(end, ""), true],
    [
      "dashes that became long ones, and quoted-printable",
      armored.replaceAll("--", "\u2014").replaceAll("\n", "=20=\n"),
      true,
    ],
    ["lines of HTML", armored.replaceAll("\n", "&nbsp;<br>\n"), true],
    ["an incomplete signature", token.slice(0, -1), "MALFORMED"],
  ];
}

const RECORD: LedgerRecord = {
  installId: testId("install"),
  gen: 3,
  head: {
    ...EMPTY_LEDGER,
    licenses: new Map([
      [testId("license 2"), { generation: 1, sequence: 6, payloadHash: toBase64url(testSeed("seen")) }],
    ]),
    licenseEpoch: 1,
    revocations: { generation: 1, sequence: 4 },
    manifests: new Map([
      [STICK_ID, { generation: 1, sequence: 2, payloadHash: toBase64url(testSeed("seen manifest")) }],
    ]),
    trustedTime: NOW,
  },
  unknown: {},
};

/** A license that makes the protection of its vault stricter, and the watermark that is drawn with it. */
function licenseProtection() {
  const protection: AddedProtection = { watermark: "corner" };
  const claims = { ...deviceClaims(9), minApp: PROTECTION_FROM, protection };
  const ofVault: Protection = { capture: "block", watermark: "none" };
  return {
    note: SEEDS,
    issuer: keyFile(licenseIssuer, "license-issuer"),
    license: licenseToken(claims),
    protectionOfVault: ofVault,
    together: strictest(ofVault, protection),
    watermark: { day: "2026-11-29", text: watermarkOf(claims, "2026-11-29") },
  };
}

/** Generation 2 of a stick with every possible member. */
async function stickMembers() {
  const video = await sealFile("video", "every member", "The picture and the sound.");
  const poster = await sealFile("poster", "poster", '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const subtitle = await sealFile("subtitle", "subtitle", "WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour\n");
  const sealed = [video, poster, subtitle];
  const catalog: Catalog = {
    protection: UNPROTECTED,
    hidesTitles: false,
    sections: [],
    videos: [
      {
        id: testId("video every member"),
        // Persian with a zero width non-joiner, and an emoji of three characters that two zero width joiners combine.
        title: "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645 \u{1F469}\u200D\u{1F469}\u200D\u{1F467}",
        durationSeconds: 3723.45,
        width: 1920,
        height: 1080,
        type: "video/webm",
        codecs: ["vp09.00.10.08", "opus"],
        added: NOW,
        file: video.ref,
        poster: { ...poster.ref, type: "image/svg+xml" },
        subtitles: [{ ...subtitle.ref, language: "fr", label: "Français", kind: "sdh" }],
        sounds: [
          { language: "en", label: "English", isDefault: false },
          { language: "fr", label: "Français", isDefault: true },
        ],
        chapters: [
          { startSeconds: 0, title: "Le port" },
          { startSeconds: 62.5, title: "Le phare" },
        ],
      },
    ],
  };
  const clearCatalog = formatCatalog(catalog);
  const sealedCatalog = await sealCatalog(utf8(clearCatalog), 2);
  const manifest = manifestToken({
    label: "Port \u{1F6A2}",
    gen: 2,
    minSeq: 5,
    catalog: { size: sealedCatalog.length, sha256: sha256(sealedCatalog) },
    files: sealed.map(({ ref, container }) => ({
      id: ref.id,
      parts: [{ size: container.length, sha256: sha256(container) }],
    })),
  });
  const vaultFile = { format: "usb-video-vault", version: 1, vaultId: VAULT_ID, stickId: STICK_ID };
  const ledgerPath = `VAULT/ledger/${RECORD.installId}.uvvled`;
  const texts = {
    "VAULT/vault.json": `${JSON.stringify(vaultFile)}\n`,
    "VAULT/FORMAT.md": "A note for people.\n",
    "VAULT/manifest.2.jws": manifest,
    "VAULT/licenses/device.uvvlic": armor("LICENSE", licenseToken(deviceClaims())),
    "VAULT/revocations.uvvrev": armor("REVOCATION LIST", revocationToken({ seq: 4, licenses: [testId("license 4")] })),
    "VAULT/keys.uvvkeys": keyManifestToken(),
    [ledgerPath]: sealCopy(testSeed("frozen ledger seal"), ["uvv-ledger-stick/1", STICK_ID], formatRecord(RECORD)),
  };
  const encrypted = Object.fromEntries(sealed.map(({ ref, container }) => [`VAULT/data/${ref.id}/000`, container]));
  const files = { ...encrypted, "VAULT/manifest.2.uvv": sealedCatalog };
  return {
    note: SEEDS,
    vaultKeyPhrase: "vault key",
    ledgerSealPhrase: "frozen ledger seal",
    publisher: keyFile(vaultPublisher, "vault-publisher"),
    parent: keyFile(parent, "key-manifest"),
    texts,
    files: Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, toBase64url(bytes)])),
    catalog: clearCatalog,
    contents: Object.fromEntries(sealed.map(({ ref, role, content }) => [ref.id, { role, content }])),
  };
}

if (import.meta.main) {
  for (const [name, content] of Object.entries(await makeMemberVectors())) await writeFile(join(FROZEN, name), content);
}
