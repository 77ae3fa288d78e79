import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import {
  type ActivationRequest,
  parseActivationRequest,
  type StickFingerprint,
} from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { deviceIdOf, isUsableDeviceKey } from "../../src-shared/node/device-sealing.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { RegisteredDevice } from "../register/index.ts";

/** The computer that asks for a license, and the drive fingerprint that it reports. */
export type Applicant = { readonly device: RegisteredDevice; readonly stickMarks: StickFingerprint | undefined };

/** Reads an activation request (attacker-controlled), which must be for this stick. */
export async function readRequest(
  path: string,
  stick: { readonly vaultId: string; readonly stickId: string },
): Promise<Attempt<Applicant>> {
  const bytes = await readSmallFile(path, MAX_ARMORED_CHARS);
  if (!bytes) return fail("NOT_FOUND", `${path} cannot be read: name the request file (.uvvreq) you were sent.`);
  const request = parseActivationRequest(bytes.toString("utf8"));
  if (!request.ok || !(await hasMatchingDeviceId(request.value))) {
    const reason = request.ok ? "DEVICE" : request.error;
    return fail(
      "REQUEST_INVALID",
      `${path} is not a complete activation request (${reason}): ask for it to be sent again.`,
    );
  }
  if (request.value.vaultId !== stick.vaultId || request.value.stickId !== stick.stickId) {
    return fail("REQUEST_MISMATCH", `${path} asks for stick ${request.value.stickId}, this one is ${stick.stickId}.`);
  }
  const { device: id, x25519, ed25519, deviceMarks, stickMarks } = request.value;
  return ok({ device: { id, x25519, ed25519, ...(deviceMarks ? { marks: deviceMarks } : {}) }, stickMarks });
}

async function hasMatchingDeviceId({ device, x25519 }: ActivationRequest): Promise<boolean> {
  const publicKey = fromBase64url(x25519);
  return publicKey !== undefined && device === deviceIdOf(publicKey) && (await isUsableDeviceKey(publicKey));
}
