import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { deviceNumber, mountOf } from "../hardware/index.ts";
import { codeOf } from "./atomic-files.ts";
import { namesIn, textOf } from "./small-texts.ts";

/** What the kernel says about the bus of a device. */
export type Bus = {
  /** `undefined`: the kernel does not say. */
  readonly usb: boolean | undefined;
  /** The serial number in the USB descriptor, as the drive reports it. */
  readonly serial: string | undefined;
};

/** More levels than partition, encryption and volumes ever have. */
const MAX_LEVELS = 8;
/** More levels than hubs and bridges ever have. */
const MAX_ANCESTORS = 32;

const UNKNOWN: Bus = { usb: undefined, serial: undefined };
const NOT_USB: Bus = { usb: false, serial: undefined };

/** File systems that have a device but do not say here which one. */
const DEVICE_NOT_SHOWN = new Set(["zfs", "bcachefs"]);

/**
 * The block devices under a folder, from the kernel's own files: `/proc/self/mountinfo` and `/sys` below `system`. No
 * program is started, so none can be put in the way.
 */
export function createBlockDevices(system: string) {
  const at = (...names: string[]) => join(system, ...names);
  const byName = (name: string) => linkedTo(at("sys/class/block", name));

  /** The folders in /sys of the devices. Empty: this is no drive (memory, network). `undefined`: not known. */
  async function find(root: string): Promise<readonly string[] | undefined> {
    const [number, path] = await Promise.all([numberOf(root), linkedTo(root)]);
    return number === undefined || path === undefined ? undefined : findAt(number, path);
  }

  /** @param path without links */
  async function findAt(number: string, path: string): Promise<readonly string[] | undefined> {
    if (!number.startsWith("0:")) return listOf(await linkedTo(at("sys/dev/block", number)));
    const mount = await mountAt(path);
    if (!mount || DEVICE_NOT_SHOWN.has(mount.type)) return undefined;
    // These have numbers of their own, and name the device.
    if (mount.type !== "btrfs" && !/^fuse(?:\.|$)/.test(mount.type)) return [];
    if (!mount.source.startsWith("/dev/")) return mount.type === "btrfs" ? undefined : [];
    const name = basename((await linkedTo(at(mount.source))) ?? mount.source);
    if (mount.type !== "btrfs") return listOf(await byName(name)) ?? [];
    const folders = await Promise.all((await membersOf(name)).map(byName));
    return folders.every((folder) => folder !== undefined) ? folders : undefined;
  }

  /** The devices of one btrfs file system. */
  async function membersOf(name: string): Promise<readonly string[]> {
    for (const id of await namesIn(at("sys/fs/btrfs"))) {
      const names = await namesIn(at("sys/fs/btrfs", id, "devices"));
      if (names.includes(name)) return names;
    }
    return [name];
  }

  async function mountAt(path: string) {
    const mountinfo = await textOf(at("proc/self/mountinfo"));
    return mountinfo === undefined ? undefined : mountOf(mountinfo, path);
  }

  return { find, findAt, mountAt };
}

/** The bus of the drive below a device, through partitions, encryption, volumes and arrays. */
export async function busOf(folder: string, levels = MAX_LEVELS): Promise<Bus> {
  const disk = await diskOf(folder);
  if (!disk.includes("/virtual/")) return physicalBusOf(disk);
  const below = levels > 0 ? await slavesOf(disk) : [];
  if (below.length > 0) return combined(await Promise.all(below.map((slave) => busOf(slave, levels - 1))));
  // The image of a drive, memory, a drive in the network, or an internal drive with several paths to it.
  return /^(?:loop|ram|zram|nbd|nvme)\d/.test(basename(disk)) ? NOT_USB : UNKNOWN;
}

/** The disk of a partition; any other device is its own disk. */
export async function diskOf(folder: string): Promise<string> {
  return (await textOf(join(folder, "partition"))) === undefined ? folder : dirname(folder);
}

/** The devices on which a volume, an encrypted device or an array is. */
export async function slavesOf(disk: string): Promise<readonly string[]> {
  const names = await namesIn(join(disk, "slaves"));
  const folders = await Promise.all(names.map((name) => linkedTo(join(disk, "slaves", name))));
  return folders.filter((folder) => folder !== undefined);
}

/** What is true for a file system on all of these. */
export function combined(buses: readonly Bus[]): Bus {
  if (buses.length === 0 || buses.some(({ usb }) => usb === false)) return NOT_USB;
  const [first = UNKNOWN] = buses;
  if (buses.some(({ usb }) => usb === undefined)) return UNKNOWN;
  return buses.every(({ serial }) => serial === first.serial) ? first : { usb: true, serial: undefined };
}

/** The nearest USB device above a disk is the stick, the reader or the bridge; hubs are above that. */
async function physicalBusOf(disk: string): Promise<Bus> {
  let folder = dirname(disk);
  for (let i = 0; i < MAX_ANCESTORS && folder !== dirname(folder); i++) {
    if ((await textOf(join(folder, "idVendor"))) !== undefined) {
      return { usb: true, serial: await textOf(join(folder, "serial")) };
    }
    folder = dirname(folder);
  }
  // A card in a reader that is built in, or a disc: what the publisher saw on USB may be here on another bus.
  const isExchangeable = (await textOf(join(disk, "removable"))) === "1" || basename(disk).startsWith("mmcblk");
  // A disk without this file is not understood.
  return isExchangeable || (await textOf(join(disk, "removable"))) === undefined ? UNKNOWN : NOT_USB;
}

/** `major:minor` of the file system of a folder. */
export async function numberOf(root: string): Promise<string | undefined> {
  try {
    return deviceNumber((await stat(root, { bigint: true })).dev);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

async function linkedTo(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

const listOf = (folder: string | undefined) => (folder === undefined ? undefined : [folder]);
