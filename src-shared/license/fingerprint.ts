import * as v from "valibot";
import { fromBase64url } from "../encoding/base64url.ts";

// A mark is made in src-shared/node/hardware-fingerprint.ts: 16 bytes of a keyed hash, from which no id can be derived.
const Mark = v.pipe(
  v.string(),
  v.check((text) => fromBase64url(text)?.length === 16),
);

// An empty list would be accepted as an object without marks.
const NoList = v.custom<object>((value) => !Array.isArray(value));

export const MAX_NETWORK_CARDS = 8;

/**
 * The fingerprint of a computer in addition to its key, one mark for each part: its operating system's id, its system
 * disk, its network cards.
 */
export const DeviceFingerprint = v.pipe(
  NoList,
  v.object({
    os: v.exactOptional(Mark),
    disk: v.exactOptional(Mark),
    net: v.exactOptional(v.pipe(v.array(Mark), v.minLength(1), v.maxLength(MAX_NETWORK_CARDS))),
  }),
);
export type DeviceFingerprint = v.InferOutput<typeof DeviceFingerprint>;

/**
 * The fingerprint of a drive in addition to its stick id, one mark for each part: serial number of the hardware, id of
 * the file system, id of the partition.
 */
export const StickFingerprint = v.pipe(
  NoList,
  v.object({
    serial: v.exactOptional(Mark),
    volume: v.exactOptional(Mark),
    partition: v.exactOptional(Mark),
  }),
);
export type StickFingerprint = v.InferOutput<typeof StickFingerprint>;

/** The fingerprint of the drive here. `noUsb`: the system knows that it is not on the USB bus. */
export type DriveFingerprint = StickFingerprint & { readonly noUsb?: true };

/** For each part whether it is the licensed one; `null` if that is unknown. */
export type Agreement<Kind extends string> = Readonly<Record<Kind, boolean | null>>;

/** `null`: the license has no mark of this kind. A mark that cannot be made here counts as different. */
export function compareDeviceFingerprints(
  licensed: DeviceFingerprint,
  here: DeviceFingerprint,
): Agreement<"os" | "disk" | "net"> {
  return {
    os: licensed.os === undefined ? null : licensed.os === here.os,
    disk: licensed.disk === undefined ? null : licensed.disk === here.disk,
    net: licensed.net === undefined ? null : licensed.net.some((card) => here.net?.includes(card)),
  };
}

/**
 * `null`: not known for both drives. A serial number is that of a USB device: what is not on USB does not have it, so a
 * copy in memory, in the network or on an internal disk is not the drive.
 */
export function compareStickFingerprints(
  licensed: StickFingerprint,
  here: DriveFingerprint,
): Agreement<"serial" | "volume" | "partition"> {
  const compare = (kind: keyof StickFingerprint) =>
    licensed[kind] === undefined || here[kind] === undefined ? null : licensed[kind] === here[kind];
  const isElsewhere = licensed.serial !== undefined && here.noUsb === true;
  return {
    serial: isElsewhere ? false : compare("serial"),
    volume: compare("volume"),
    partition: compare("partition"),
  };
}

/** One of the marks in the license may have changed (two of three must match; the device key is checked first). */
export function isSameComputer(licensed: DeviceFingerprint, here: DeviceFingerprint): boolean {
  return Object.values(compareDeviceFingerprints(licensed, here)).filter((agrees) => agrees === false).length <= 1;
}

/**
 * A serial number that is known for both decides alone: it survives formatting, and an image of the content does not
 * contain it. Otherwise one of the other parts known for both must match; if none is known, the stick id decides.
 */
export function isSameDrive(licensed: StickFingerprint, here: DriveFingerprint): boolean {
  const { serial, volume, partition } = compareStickFingerprints(licensed, here);
  if (serial !== null) return serial;
  const known = [volume, partition].filter((agrees) => agrees !== null);
  return known.length === 0 || known.includes(true);
}
