import { join } from "node:path";
import {
  type DriveReading,
  type Hardware,
  normalPartition,
  normalSerial,
  normalVolume,
  permanentAddresses,
  UNKNOWN_DRIVE,
} from "../hardware/index.ts";
import { busOf, combined, createBlockDevices, diskOf, numberOf, slavesOf } from "./block-devices.ts";
import { isMountPoint } from "./mount-points.ts";
import { namesIn, textOf } from "./small-texts.ts";

/** Reads /etc, /proc, /sys, and what udev has written to /run: no program is started. */
export function createLinuxHardware({ system = "/" } = {}): Hardware {
  const at = (...names: string[]) => join(system, ...names);
  const devices = createBlockDevices(system);

  /** What udev knows of a device (its names are those of `udevadm info`). Containers often have no udev. */
  async function udevOf(folder: string): Promise<(name: string) => string | undefined> {
    const number = await textOf(join(folder, "dev"));
    const text = number === undefined ? "" : ((await textOf(at("run/udev/data", `b${number}`))) ?? "");
    const lines = text.split("\n");
    return (name) => lines.find((line) => line.startsWith(`E:${name}=`))?.slice(name.length + 3);
  }

  /** The serial number of the disk below `/`, which survives a reinstallation, else the id of the file system. */
  async function systemDisk(): Promise<string | undefined> {
    const [folder] = (await devices.find("/")) ?? [];
    if (folder === undefined) return undefined;
    const disk = await lowestDisk(folder);
    const udev = await udevOf(disk);
    const serial =
      udev("ID_SCSI_SERIAL") ??
      udev("ID_SERIAL_SHORT") ??
      (await textOf(join(disk, "device/serial"))) ??
      (await textOf(join(disk, "serial")));
    return normalSerial(serial) ?? normalVolume((await udevOf(folder))("ID_FS_UUID"));
  }

  async function machineId(): Promise<string | undefined> {
    const id = (await textOf(at("etc/machine-id"))) ?? (await textOf(at("var/lib/dbus/machine-id")));
    return id !== undefined && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
  }

  /**
   * Only cards that are a device: bridges, tunnels and the like are left out. Type 0 is an address assigned by the
   * manufacturer.
   */
  async function networkCards(): Promise<string[]> {
    const cards = await namesIn(at("sys/class/net"));
    const addresses = cards.map(async (card) => {
      const folder = at("sys/class/net", card);
      if (!(await namesIn(folder)).includes("device") || (await textOf(join(folder, "addr_assign_type"))) !== "0")
        return [];
      return (await textOf(join(folder, "address"))) ?? [];
    });
    return permanentAddresses((await Promise.all(addresses)).flat());
  }

  async function drive(root: string): Promise<DriveReading> {
    const folders = await devices.find(root);
    if (!folders) return UNKNOWN_DRIVE;
    const { usb, serial } = combined(await Promise.all(folders.map((folder) => busOf(folder))));
    const [folder] = folders;
    if (folder === undefined) return { ...UNKNOWN_DRIVE, usb };
    const udev = await udevOf(folder);
    const isRemovable = usb === true || (await textOf(join(await diskOf(folder), "removable"))) === "1";
    return {
      usb,
      serial: usb ? normalSerial(serial) : undefined,
      volume: normalVolume(udev("ID_FS_UUID")),
      partition: normalPartition(udev("ID_PART_ENTRY_UUID")),
      removable: isRemovable && (await isMountPoint(root)),
    };
  }

  return {
    async device() {
      const [os, disk, net] = await Promise.all([machineId(), systemDisk(), networkCards()]);
      return { os, disk, net };
    },
    drive(root) {
      const reading = drive(root);
      return { quick: reading, whole: reading };
    },
    async plug(root) {
      const number = await numberOf(root);
      if (number === undefined) return "";
      // A file system without a device gets a number that another one had; each mount has an id.
      const mount = number.startsWith("0:") ? await devices.mountAt(root) : undefined;
      // The kernel counts every disk that appears (since 5.15).
      const disks = await Promise.all(((await devices.find(root)) ?? []).map(diskOf));
      const counts = await Promise.all(disks.map((disk) => textOf(join(disk, "diskseq"))));
      return [number, mount?.id ?? "", ...counts.map((count) => count ?? "")].join(" ");
    },
  };
}

async function lowestDisk(folder: string): Promise<string> {
  let disk = await diskOf(folder);
  for (let [below] = await slavesOf(disk); below !== undefined; [below] = await slavesOf(disk)) {
    disk = await diskOf(below);
  }
  return disk;
}
