import { createHash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import {
  type ActivationRequest,
  armor,
  LICENSE_PROFILE,
  type LicenseClaims,
  PRODUCT_AUDIENCE,
  type Ring,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { DAY, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher, loadSigner, type Publisher, publicKeysOf, withLock } from "../keys/index.ts";
import { exists, isInside } from "../places.ts";
import { appendToRegister, readRegister } from "../register/index.ts";
import { signDocument, type Signer } from "../signing/index.ts";
import { loadTrust } from "../trust/index.ts";
import { generatePassphrase } from "./passphrase.ts";
import { readRequest } from "./read-request.ts";
import { sealVaultKey } from "./seal-vault-key.ts";
import { writeSecretFile } from "./secret-file.ts";
import { openStickForLicense, type StickForLicense } from "./stick-for-license.ts";

export type LicenseOrder = {
  readonly keys: string;
  readonly stick: string;
  readonly customer: string;
  readonly requestFile?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly days: number;
  readonly graceDays: number;
  readonly ring: Ring;
  /** Video ids; none means all. */
  readonly entitle: readonly string[];
  readonly minApp: string;
  readonly out: string;
};

export type IssuedLicense = {
  readonly claims: LicenseClaims;
  readonly sha256: string;
  readonly developmentKeys: boolean;
};

// A computer whose clock is slow by up to a day may use a license at once, as the clock check allows.
const SLOW_CLOCKS = DAY;

/** Issues one license: entered in the register first, then written. Nothing is overwritten. */
export async function issueLicense(order: LicenseOrder, now: UnixSeconds): Promise<Attempt<IssuedLicense>> {
  const targets = await checkTargets(order);
  if (!targets.ok) return targets;
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  const signer = await loadSigner(publisher.value, "license-issuer");
  if (!signer.ok) return signer;
  const stick = await openStickForLicense(publisher.value, order.stick);
  if (!stick.ok) return stick;
  const unknown = order.entitle.find((id) => !stick.value.videoIds.includes(id));
  if (unknown !== undefined)
    return fail("VIDEO_UNKNOWN", `No video ${unknown} on ${order.stick}: see \`vaultctl ls\`.`);
  const request = order.requestFile === undefined ? ok(undefined) : await readRequest(order.requestFile, stick.value);
  if (!request.ok) return request;
  return withLock(publisher.value, "register", () =>
    issueLocked(order, now, {
      publisher: publisher.value,
      signer: signer.value,
      stick: stick.value,
      request: request.value,
    }),
  );
}

type Prepared = {
  readonly publisher: Publisher;
  readonly signer: Signer;
  readonly stick: StickForLicense;
  readonly request: ActivationRequest | undefined;
};

async function issueLocked(order: LicenseOrder, now: UnixSeconds, prepared: Prepared): Promise<Attempt<IssuedLicense>> {
  const { publisher, signer, stick } = prepared;
  const register = await readRegister(publisher.folder);
  if (!register.ok) return register;
  const passphrase = order.passphraseFile === undefined ? undefined : generatePassphrase();
  // One sequence for all licenses of a publisher: it never falls, whatever the license.
  const seq = 1 + register.value.entries.reduce((highest, entry) => Math.max(highest, entry.seq), 0);
  const claims = await composeClaims(order, now, prepared, seq, passphrase);
  const text = armor("LICENSE", signDocument(signer, LICENSE_PROFILE, claims));
  const trust = await loadTrust(publicKeysOf(publisher), order.stick);
  if (!trust.ok) return trust;
  // Nothing is entered or handed out that a reader with the publisher's public keys would not take.
  if (!verifyLicense(text, trust.value.roots).ok) {
    return fail("KEYS_BROKEN", `The public keys in ${publicKeysOf(publisher)} do not belong to the private ones.`);
  }
  const sha256 = toBase64url(createHash("sha256").update(text).digest());
  const { lid, sub, ring, exp, minApp, bind } = claims;
  await appendToRegister(publisher.folder, register.value, now, {
    kind: "license",
    lid,
    seq,
    sub,
    vaultId: stick.vaultId,
    stickId: stick.stickId,
    mode: bind.mode,
    ring,
    exp,
    minApp,
    kid: signer.kid,
    sha256,
  });
  await writeArtefacts(order, text, passphrase);
  return ok({ claims, sha256, developmentKeys: signer.dev });
}

async function composeClaims(
  order: LicenseOrder,
  now: UnixSeconds,
  { publisher, stick, request }: Prepared,
  seq: number,
  passphrase: string | undefined,
): Promise<LicenseClaims> {
  const lid = idFromRandom(randomBytes(ID_LENGTH));
  const place = { issuer: publisher.issuer, licenseId: lid, seq, vaultId: stick.vaultId, stickId: stick.stickId };
  return {
    v: 1,
    iss: publisher.issuer,
    aud: PRODUCT_AUDIENCE,
    lid,
    seq,
    licenseEpoch: publisher.licenseEpoch,
    sub: order.customer,
    ring: order.ring,
    iat: now,
    nbf: now - SLOW_CLOCKS,
    exp: now + order.days * DAY,
    grace: order.graceDays * DAY,
    entitlements: order.entitle.length > 0 ? [...order.entitle] : ["*"],
    vaults: [{ id: stick.vaultId, kek: await sealVaultKey(stick.kek, place, request, passphrase) }],
    bind: bindingOf(stick.stickId, request?.device, passphrase),
    minApp: order.minApp,
    revMin: 0,
  };
}

function bindingOf(stick: string, device: string | undefined, passphrase: string | undefined): LicenseClaims["bind"] {
  if (device === undefined) return { mode: "stick", stick };
  return { mode: passphrase === undefined ? "device" : "device-or-stick", stick, device };
}

async function checkTargets({ stick, passphraseFile, out }: LicenseOrder): Promise<Attempt<undefined>> {
  if (passphraseFile !== undefined && (await isInside(passphraseFile, stick))) {
    return fail("ON_STICK", `${passphraseFile} is on the stick: the passphrase opens it, keep them apart.`);
  }
  for (const path of [passphraseFile, out]) {
    if (path !== undefined && (await exists(path))) {
      return fail("FILE_EXISTS", `${path} is there already: move it away or choose another name.`);
    }
  }
  return ok(undefined);
}

// A license nobody has the passphrase for is worth nothing, and the other way round: both or neither.
async function writeArtefacts({ passphraseFile, out }: LicenseOrder, text: string, passphrase: string | undefined) {
  if (passphraseFile === undefined || passphrase === undefined) return writeFileAtomic(out, text);
  await writeSecretFile(passphraseFile, `${passphrase}\n`);
  try {
    await writeFileAtomic(out, text);
  } catch (error) {
    await rm(passphraseFile, { force: true });
    throw error;
  }
}
