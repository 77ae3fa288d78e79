import { randomBytes } from "node:crypto";
import nacl from "tweetnacl";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { composeJws } from "../../src-shared/jws/index.ts";
import {
  type ActivationRequest,
  armor,
  type ArmorLabel,
  REQUEST_TYP,
  RETURN_TYP,
  type ReturnProof,
} from "../../src-shared/license/index.ts";
import { deviceIdOf, generateX25519 } from "../../src-shared/node/device-sealing.ts";
import { type StatementAbout, statementOf } from "../../src-shared/telemetry/index.ts";
import { ok, type Result } from "../../src-shared/result.ts";
import type { SecretStore, SecretStoreError } from "./ports.ts";

const SECRET_NAME = "device-key/1";

/** The two key pairs of this computer: X25519 receives vault keys, Ed25519 signs the statements of this computer. */
export type DeviceKey = {
  /** RFC 7638 thumbprint of the X25519 key. */
  readonly id: string;
  readonly x25519Private: Uint8Array;
  readonly x25519Public: Uint8Array;
  readonly ed25519Seed: Uint8Array;
};

/** The device key, or `null` while this computer has never asked for a license. */
export async function readDeviceKey(store: SecretStore): Promise<Result<DeviceKey | null, SecretStoreError>> {
  const secret = await store.read(SECRET_NAME);
  if (!secret.ok) return secret;
  const bytes = secret.value === null ? undefined : fromBase64url(secret.value);
  return ok(bytes?.length === 96 ? fromBytes(bytes) : null);
}

/** The device key; made and stored first if there is none. */
export async function ensureDeviceKey(store: SecretStore): Promise<Result<DeviceKey, SecretStoreError>> {
  const existing = await readDeviceKey(store);
  if (!existing.ok) return existing;
  return existing.value ? ok(existing.value) : replaceDeviceKey(store);
}

/** Makes a new device key that replaces the existing one: licenses for the old key no longer open. */
export async function replaceDeviceKey(store: SecretStore): Promise<Result<DeviceKey, SecretStoreError>> {
  const pair = await generateX25519();
  const bytes = Buffer.concat([pair.privateKey, pair.publicKey, randomBytes(32)]);
  const written = await store.write(SECRET_NAME, toBase64url(bytes));
  return written.ok ? ok(fromBytes(bytes)) : written;
}

/** The armoured request (`.uvvreq`) by which this computer asks for a license for one stick. */
export function composeRequest(
  key: DeviceKey,
  about: Omit<ActivationRequest, "v" | "device" | "x25519" | "ed25519">,
): string {
  return signOnDevice(key, "ACTIVATION REQUEST", REQUEST_TYP, (ed25519): ActivationRequest => ({
    v: 1,
    ...about,
    device: key.id,
    x25519: toBase64url(key.x25519Public),
    ed25519: toBase64url(ed25519),
  }));
}

/** The armoured proof (`.uvvret`) that this computer has taken a license out of use. */
export function composeReturn(key: DeviceKey, about: Pick<ReturnProof, "lid" | "seq" | "iat">): string {
  return signOnDevice(key, "RETURN PROOF", RETURN_TYP, (): ReturnProof => ({ v: 1, ...about, device: key.id }));
}

/** Base64url of the device's signature over one request of telemetry. */
export function signStatement(key: DeviceKey, about: StatementAbout, body: Uint8Array): string {
  const { secretKey } = nacl.sign.keyPair.fromSeed(key.ed25519Seed);
  return toBase64url(nacl.sign.detached(statementOf(about, body), secretKey));
}

function signOnDevice(
  key: DeviceKey,
  label: ArmorLabel,
  typ: string,
  claimsOf: (ed25519: Uint8Array) => ActivationRequest | ReturnProof,
): string {
  const signer = nacl.sign.keyPair.fromSeed(key.ed25519Seed);
  const sign = (signed: Uint8Array) => nacl.sign.detached(signed, signer.secretKey);
  return armor(label, composeJws({ typ, kid: "device" }, claimsOf(signer.publicKey), sign));
}

function fromBytes(bytes: Uint8Array): DeviceKey {
  const x25519Public = bytes.subarray(32, 64);
  return {
    id: deviceIdOf(x25519Public),
    x25519Private: bytes.subarray(0, 32),
    x25519Public,
    ed25519Seed: bytes.subarray(64, 96),
  };
}
