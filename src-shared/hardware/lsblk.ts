import * as v from "valibot";
import { type DriveReading, normalPartition, normalSerial, normalVolume } from "./readings.ts";

/** Columns that every lsblk of the last ten years supports. */
export const LSBLK_ARGUMENTS = ["-J", "-o", "NAME,MAJ:MIN,TRAN,RM,SERIAL,UUID,PARTUUID,MOUNTPOINT"] as const;

/** A block device with what it inherits from the disk below it. */
export type BlockDevice = {
  /** `major:minor`, as in the device number of each file on it. */
  readonly number: string;
  readonly mountPoint: string | undefined;
  readonly serial: string | undefined;
  readonly volume: string | undefined;
  readonly partition: string | undefined;
  readonly usb: boolean;
  readonly removable: boolean;
};

const Text = v.nullish(v.string());
// Older versions print flags as text.
const Flag = v.pipe(
  v.nullish(v.union([v.boolean(), v.string()])),
  v.transform((flag) => flag === true || flag === "1"),
);
const Entry = v.object({
  "maj:min": v.pipe(v.string(), v.trim(), v.regex(/^\d{1,8}:\d{1,8}$/)),
  tran: Text,
  rm: Flag,
  serial: Text,
  uuid: Text,
  partuuid: Text,
  mountpoint: Text,
  children: v.optional(v.array(v.unknown()), []),
});
const Listing = v.object({ blockdevices: v.array(v.unknown()) });

/** More levels than disk, partition, encryption and volumes ever have. */
const MAX_LEVELS = 8;

/** Reads the output of `lsblk`; names and ids in it are controlled by the drives. `undefined`: not a valid listing. */
export function parseLsblk(text: string): readonly BlockDevice[] | undefined {
  const listing = v.safeParse(v.pipe(v.string(), v.parseJson(), Listing), text);
  return listing.success ? devicesIn(listing.output.blockdevices, undefined, MAX_LEVELS) : undefined;
}

function devicesIn(entries: readonly unknown[], disk: BlockDevice | undefined, levels: number): BlockDevice[] {
  if (levels === 0) return [];
  return entries.flatMap((entry) => {
    const parsed = v.safeParse(Entry, entry);
    if (!parsed.success) return [];
    const { "maj:min": number, tran, rm, serial, uuid, partuuid, mountpoint, children } = parsed.output;
    const device: BlockDevice = {
      number,
      mountPoint: mountpoint ?? undefined,
      serial: normalSerial(serial) ?? disk?.serial,
      volume: normalVolume(uuid),
      partition: normalPartition(partuuid),
      usb: tran === "usb" || disk?.usb === true,
      removable: rm || disk?.removable === true,
    };
    return [device, ...devicesIn(children, device, levels - 1)];
  });
}

/**
 * The drive with a device number (`major:minor`), or the one mounted at a folder whose file system uses numbers of its
 * own.
 */
export function driveIn(devices: readonly BlockDevice[], number: string, root: string): DriveReading | undefined {
  const device = deviceIn(devices, number, root);
  if (!device) return undefined;
  const { serial, volume, partition, usb, removable } = device;
  // On other buses each system reports another number, and a card reader reports its own.
  return { serial: usb ? serial : undefined, volume, partition, removable: usb || removable };
}

/**
 * The id of the system disk: its serial number, which survives a reinstallation, otherwise the id of its file system.
 */
export function systemDiskIn(devices: readonly BlockDevice[], number: string): string | undefined {
  const device = deviceIn(devices, number, "/");
  return device?.serial ?? device?.volume;
}

function deviceIn(devices: readonly BlockDevice[], number: string, root: string): BlockDevice | undefined {
  return devices.find((device) => device.number === number) ?? devices.find(({ mountPoint }) => mountPoint === root);
}

/** A device number of stat(2) as `major:minor` (makedev(3)). */
export function deviceNumber(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
