import { createHmac, hkdfSync } from "node:crypto";
import { fromBase64url, toBase64url } from "../encoding/base64url.ts";
import { lengthPrefixed } from "../encoding/text.ts";
import type { DeviceReading, DriveReading } from "../hardware/index.ts";
import type { DeviceFingerprint, DriveFingerprint, StickFingerprint } from "../license/index.ts";

const MARK_BYTES = 16;

const DEVICE_MARK_KEY = lengthPrefixed("uvv-device-mark-key/1");

/**
 * Fingerprint of a computer, under a key that is derived from its X25519 private key (32 bytes) for this purpose alone:
 * the private key itself only opens vault keys. Without that key nobody can find out which
 * computer a mark belongs to: a network address has so few possible values that an unkeyed hash could be reversed.
 */
export function deviceFingerprintOf(privateKey: Uint8Array, { os, disk, net }: DeviceReading): DeviceFingerprint {
  const key = new Uint8Array(hkdfSync("sha256", privateKey, new Uint8Array(0), DEVICE_MARK_KEY, 32));
  const mark = (kind: string, id: string) => markOf(key, "uvv-device-mark/1", kind, id);
  return {
    ...(os === undefined ? {} : { os: mark("os", os) }),
    ...(disk === undefined ? {} : { disk: mark("disk", disk) }),
    ...(net.length === 0 ? {} : { net: net.map((address) => mark("net", address)) }),
  };
}

/**
 * Fingerprint of a drive, under the random key in the manifest of its stick: publisher and viewer compute the same one.
 * Whoever has only a license or a request cannot try the few possible ids, and cannot link two sticks.
 * @param markKey base64url of 32 bytes
 */
export function stickFingerprintOf(
  markKey: string,
  { serial, volume, partition }: Pick<DriveReading, "serial" | "volume" | "partition">,
): StickFingerprint {
  const key = fromBase64url(markKey);
  if (key?.length !== 32) throw new RangeError("the key of marks has 32 bytes");
  const mark = (kind: string, id: string) => markOf(key, "uvv-stick-mark/1", kind, id);
  return {
    ...(serial === undefined ? {} : { serial: mark("serial", serial) }),
    ...(volume === undefined ? {} : { volume: mark("volume", volume) }),
    ...(partition === undefined ? {} : { partition: mark("partition", partition) }),
  };
}

/** The fingerprint of the drive here, with what only this computer knows. It is compared, and never sent. */
export function driveFingerprintOf(markKey: string, drive: DriveReading): DriveFingerprint {
  return { ...stickFingerprintOf(markKey, drive), ...(drive.usb === false ? { noUsb: true } : {}) };
}

function markOf(key: Uint8Array, label: string, kind: string, id: string): string {
  const hash = createHmac("sha256", key)
    .update(lengthPrefixed(label, kind, id))
    .digest();
  return toBase64url(hash.subarray(0, MARK_BYTES));
}
