import { UNPROTECTED } from "../../src-shared/protection.ts";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCopy } from "../../src-main/ledger/stick-copy.ts";
import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { applyKeyManifest, parseTrustRoot, type TrustRoot } from "../../src-shared/jws/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import {
  judgeLicense,
  type License,
  parseActivationRequest,
  parseRevocations,
  type Surroundings,
  unarmor,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import { deviceFingerprintOf, stickFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import { openOnDevice } from "../../src-shared/node/device-sealing.ts";
import { passphraseKey, unwrapKey } from "../../src-shared/node/vault-keys.ts";
import { openVault, openVaultFile, partsOf, readCatalog, unwrapFileKey } from "../../src-shared/node/vault-reader.ts";
import { enrolmentIn } from "../../src-shared/telemetry/index.ts";
import { type Catalog, type FileRef, type FileRole, kekInfo } from "../../src-shared/vault/index.ts";
import { MARK_KEY, LICENSE_ID, NOW, STICK_ID, SURROUNDINGS } from "../fakes/issuer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { testId, testSeed } from "../fakes/test-keys.ts";
import { FROZEN, HARDWARE } from "./make.ts";
import { makeMemberVectors } from "./make-members.ts";

type Jwk = Readonly<Record<string, unknown>>;
const text = (name: string) => readFileSync(join(FROZEN, name), "utf8");
const licenses = JSON.parse(text("license-members.json")) as Record<string, never>;

function rootOf(jwk: Jwk): TrustRoot {
  const root = parseTrustRoot(utf8(JSON.stringify(jwk)));
  if (!root.ok) throw new Error(root.error);
  return root.value;
}

it("are what the code produces today, byte for byte", async () => {
  for (const [name, content] of Object.entries(await makeMemberVectors())) expect(content, name).toBe(text(name));
});

it("mark a key as not retired by omitting the member", () => {
  for (const name of [
    "license.json",
    "stick.json",
    "keys.json",
    "license-members.json",
    "stick-members.json",
    "stick-sections.json",
    "stick-hidden-titles.json",
    "stick-storyboard.json",
    "stick-protection.json",
    "license-protection.json",
  ]) {
    const content = text(name);
    const payloads = [...content.matchAll(/[\w-]{20,}\.([\w-]{20,})\.[\w-]{86}/g)].map(([, payload = ""]) => payload);
    const all = [content, ...payloads.map((payload) => Buffer.from(payload, "base64url").toString())].join("\n");
    expect(all, name).not.toMatch(/"uvv:(?:retired|dev)": ?false/);
  }
});

describe("the licenses with every member", () => {
  const vector: Record<string, string> = licenses;
  const jwks: Record<string, Jwk> = licenses;
  const armour = licenses["armour"] as unknown as [string, string, true | "MALFORMED"][];
  const keyOf = (name: string) => rootOf(jwks[name] ?? {});
  const roots = [keyOf("issuer"), keyOf("retiredIssuer")];
  const devicePrivate = testSeed(vector["devicePhrase"] ?? "");
  const kek = Buffer.from(testSeed(vector["vaultKeyPhrase"] ?? ""));
  const list = parseRevocations(vector["revocations"] ?? "", [keyOf("revocationIssuer")]);
  const request = parseActivationRequest(vector["request"] ?? "");
  if (!list.ok || !request.ok) throw new Error("the list and the request are read");
  const here: Surroundings = {
    ...SURROUNDINGS,
    device: request.value.device,
    deviceFingerprint: deviceFingerprintOf(devicePrivate, HARDWARE.computer),
    stickFingerprint: stickFingerprintOf(MARK_KEY, HARDWARE.drive),
  };
  const judge = (name: string, more: Partial<Surroundings> = {}) =>
    judgeLicense(vector[name] ?? "", roots, EMPTY_LEDGER, { ...here, ...more });
  const kekContextOf = ({ claims: { iss, lid, seq, bind } }: License) => ({
    issuer: iss,
    licenseId: lid,
    seq,
    vaultId: SURROUNDINGS.vaultId,
    stickId: bind.stick,
  });

  it("contain one for a computer, which opens only there", async () => {
    const verdict = judge("deviceLicense");
    if (verdict.code !== "OK") throw new Error(verdict.code);
    expect(verdict).toMatchObject({ unlock: "device", license: { claims: { seq: 6, bind: { mode: "device" } } } });
    expect(judge("deviceLicense", { device: SURROUNDINGS.device }).code).toBe("WRONG_DEVICE");
    const { device: sealed } = verdict.license.claims.vaults[0]!.kek;
    const info = kekInfo({ ...kekContextOf(verdict.license), device: request.value.device });
    expect(kek.equals((await openOnDevice(devicePrivate, sealed!, info))!)).toBe(true);
  });

  it("contain one for a passphrase, which requires a revocation list of a minimum sequence", async () => {
    expect(judge("stickLicense").code).toBe("REVOKED");
    const verdict = judge("stickLicense", { revocations: list.value });
    if (verdict.code !== "OK") throw new Error(verdict.code);
    expect(verdict).toMatchObject({ unlock: "passphrase", license: { claims: { seq: 7, grace: 0, revMin: 4 } } });
    expect(judge("stickLicense", { revocations: list.value, now: NOW + 30 * 86_400 }).code).toBe("EXPIRED");
    const { passphrase } = verdict.license.claims.vaults[0]!.kek;
    const key = await passphraseKey(vector["passphrase"]!, fromBase64url(passphrase!.salt)!, passphrase!);
    const info = kekInfo({ ...kekContextOf(verdict.license), device: "" });
    expect(kek.equals(unwrapKey(key, passphrase!.sealed, info)!)).toBe(true);
  });

  it("contain one by a retired key, and one with numbers in another notation", () => {
    expect(judge("licenseOfRetiredKey").code).toBe("KEY_UNKNOWN");
    expect(judge("numbersSpelledOtherwise", { device: SURROUNDINGS.device })).toMatchObject({
      code: "OK",
      license: { claims: { v: 1, lid: LICENSE_ID, grace: 604_800 } },
    });
  });

  it("contain a file with a license and an enrolment, and each reader finds its part", () => {
    const file = vector["licenseFile"] ?? "";
    expect(judgeLicense(file, roots, EMPTY_LEDGER, here).code).toBe("OK");
    const enrolled = (device: string) => enrolmentIn(file, [keyOf("enrolmentIssuer")], { now: NOW, device });
    expect(enrolled(request.value.device)).toMatchObject({
      ok: true,
      value: { claims: jwks["enrolmentClaims"], token: vector["enrolment"] },
    });
    expect(enrolled(SURROUNDINGS.device!)).toEqual({ ok: false, error: "WRONG_DEVICE" });
  });

  it.each(armour)("contain the expected result for armour with %s", (_what, armored, expected) => {
    const license = verifyLicense(armored, roots);
    expect(license.ok || license.error).toBe(expected);
    const token = unarmor("LICENSE", armored);
    if (expected === true) expect(token).toEqual({ ok: true, value: vector["deviceLicense"] });
  });
});

describe("the stick with every member", () => {
  const vector = JSON.parse(text("stick-members.json")) as StickVector & {
    parent: Jwk;
    ledgerSealPhrase: string;
    contents: Record<string, { role: FileRole; content: string }>;
  };

  it("opens, and every file can be read", async () => {
    const vault = await openVault(await writeStick(vector), [rootOf(vector.publisher)]);
    if (!vault.ok) throw new Error(vault.error);
    expect(vault.value.manifest.claims).toMatchObject({ gen: 2, minSeq: 5, label: "Port \u{1F6A2}" });
    const catalog = await readCatalog(vault.value, testSeed(vector.vaultKeyPhrase));
    if (!catalog.ok) throw new Error(catalog.error);
    const { videos } = JSON.parse(vector.catalog) as Catalog;
    expect(catalog.value.catalog).toEqual({ protection: UNPROTECTED, hidesTitles: false, sections: [], videos });
    const [video] = catalog.value.catalog.videos;
    const refs: readonly FileRef[] = [video!.file, video!.poster!, ...video!.subtitles];
    expect(refs.map(({ id }) => id).toSorted()).toEqual(Object.keys(vector.contents).toSorted());
    for (const ref of refs) {
      const { role, content } = vector.contents[ref.id]!;
      const unwrapped = unwrapFileKey(vault.value.manifest.claims.vaultId, catalog.value.keys, ref, role)!;
      const opened = await openVaultFile(partsOf(vault.value, ref.id)!, unwrapped.key, unwrapped.context);
      if (!opened.ok) throw new Error(opened.error);
      const clear = await opened.value.read(0, opened.value.size);
      await opened.value.close();
      expect(clear.ok && Buffer.from(clear.value).toString(), role).toBe(content);
    }
  });

  it("contains a key manifest signed by its parent, and a sealed copy of a ledger", async () => {
    const root = await writeStick(vector);
    const applied = applyKeyManifest([rootOf(vector.parent)], vector.texts["VAULT/keys.uvvkeys"] ?? "", {
      generation: 0,
      sequence: 0,
    });
    expect(applied).toMatchObject({ ok: true, value: { counter: { generation: 1, sequence: 3 } } });
    const copy = (stickId: string) => readCopy({ root, stickId }, testId("install"), testSeed(vector.ledgerSealPhrase));
    expect(await copy(STICK_ID)).toMatchObject({ gen: 3, head: { licenseEpoch: 1, trustedTime: NOW } });
    expect(await copy(testId("other stick"))).toBeUndefined();
  });
});

describe("the stick with sections", () => {
  const vector = JSON.parse(text("stick-sections.json")) as StickVector;

  it("opens, and has its sections, descriptions and order", async () => {
    const vault = await openVault(await writeStick(vector), [rootOf(vector.publisher)]);
    if (!vault.ok) throw new Error(vault.error);
    const opened = await readCatalog(vault.value, testSeed(vector.vaultKeyPhrase));
    if (!opened.ok) throw new Error(opened.error);
    const { sections, videos } = opened.value.catalog;
    expect(JSON.parse(vector.catalog)).toEqual({ v: 2, sections, videos });
    expect(videos.map(({ section }) => sections[section ?? -1]?.title)).toEqual([
      undefined,
      "1. Les nœuds",
      "2. Voiles",
    ]);
  });
});

describe("the stick with a protection", () => {
  const vector = JSON.parse(text("stick-protection.json")) as StickVector;

  it("opens, and has the protection beside its sections", async () => {
    const vault = await openVault(await writeStick(vector), [rootOf(vector.publisher)]);
    if (!vault.ok) throw new Error(vault.error);
    const opened = await readCatalog(vault.value, testSeed(vector.vaultKeyPhrase));
    if (!opened.ok) throw new Error(opened.error);
    const { protection, sections, videos } = opened.value.catalog;
    expect(protection).toEqual({ capture: "block", watermark: "moving" });
    expect(JSON.parse(vector.catalog)).toEqual({ v: 3, protection, sections, videos });
  });
});

describe("the stick that hides its titles outside of the app", () => {
  const vector = JSON.parse(text("stick-hidden-titles.json")) as StickVector;

  it("says so in a catalog of the first version, which older apps open", async () => {
    const vault = await openVault(await writeStick(vector), [rootOf(vector.publisher)]);
    if (!vault.ok) throw new Error(vault.error);
    const opened = await readCatalog(vault.value, testSeed(vector.vaultKeyPhrase));
    expect(opened).toMatchObject({ ok: true, value: { catalog: { hidesTitles: true, sections: [] } } });
    expect(JSON.parse(vector.catalog)).toMatchObject({ v: 1, hidesTitles: true });
  });
});

describe("the stick with a storyboard", () => {
  const vector = JSON.parse(text("stick-storyboard.json")) as StickVector & {
    contents: Record<string, { role: FileRole; content: string }>;
  };

  it("opens with a catalog of the first version, and the sheets can be read as nothing else", async () => {
    const vault = await openVault(await writeStick(vector), [rootOf(vector.publisher)]);
    if (!vault.ok) throw new Error(vault.error);
    const opened = await readCatalog(vault.value, testSeed(vector.vaultKeyPhrase));
    if (!opened.ok) throw new Error(opened.error);
    const [video] = opened.value.catalog.videos;
    expect(JSON.parse(vector.catalog)).toEqual({ v: 1, videos: [video] });
    const storyboard = video!.storyboard!;
    expect(storyboard).toMatchObject({ everySeconds: 10, count: 6, sheets: [24, 22] });
    const { vaultId } = vault.value.manifest.claims;
    expect(unwrapFileKey(vaultId, opened.value.keys, storyboard, "poster")).toBeUndefined();
    const { key, context } = unwrapFileKey(vaultId, opened.value.keys, storyboard, "storyboard")!;
    const file = await openVaultFile(partsOf(vault.value, storyboard.id)!, key, context);
    if (!file.ok) throw new Error(file.error);
    const clear = await file.value.read(24, 22);
    await file.value.close();
    expect(clear.ok && Buffer.from(clear.value).toString()).toBe("The last two pictures.");
  });
});

type StickVector = {
  readonly publisher: Jwk;
  readonly vaultKeyPhrase: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly catalog: string;
};

async function writeStick(vector: Pick<StickVector, "texts" | "files">): Promise<string> {
  const root = temporaryFolder();
  const files = [
    ...Object.entries(vector.texts).map(([path, content]) => [path, Buffer.from(content)] as const),
    ...Object.entries(vector.files).map(([path, content]) => [path, Buffer.from(content, "base64url")] as const),
  ];
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}
