import nacl from "tweetnacl";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { composeJws } from "../../../src-shared/jws/index.ts";
import {
  type ActivationRequest,
  armor,
  REQUEST_TYP,
  RETURN_TYP,
  type ReturnProof,
} from "../../../src-shared/license/index.ts";
import { deviceIdOf, generateX25519 } from "../../../src-shared/node/device-sealing.ts";

export type Device = {
  readonly id: string;
  readonly privateKey: Uint8Array;
  /** An activation request file for a stick. */
  request(stick: { vaultId: string; stickId: string }, overrides?: Partial<ActivationRequest>): string;
  /** The return proof file for a license. */
  giveBack(license: { lid: string; seq: number }, overrides?: Partial<ReturnProof>): string;
};

/** A viewer's computer with real device keys. */
export async function newDevice(): Promise<Device> {
  const sealing = await generateX25519();
  const signing = nacl.sign.keyPair();
  const id = deviceIdOf(sealing.publicKey);
  const sign = (bytes: Uint8Array) => nacl.sign.detached(bytes, signing.secretKey);
  return {
    id,
    privateKey: sealing.privateKey,
    request({ vaultId, stickId }, overrides = {}) {
      const [x25519, ed25519] = [toBase64url(sealing.publicKey), toBase64url(signing.publicKey)];
      const claims = { v: 1, vaultId, stickId, device: id, x25519, ed25519, app: "0.1.0", iat: 1_800_000_000 };
      return armor(
        "ACTIVATION REQUEST",
        composeJws({ typ: REQUEST_TYP, kid: "device" }, { ...claims, ...overrides }, sign),
      );
    },
    giveBack({ lid, seq }, overrides = {}) {
      const claims = { v: 1, lid, seq, device: id, iat: 1_800_000_000 };
      return armor("RETURN PROOF", composeJws({ typ: RETURN_TYP, kid: "device" }, { ...claims, ...overrides }, sign));
    },
  };
}
