import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import {
  deviceNumber,
  driveIn,
  type DriveReading,
  type Hardware,
  LSBLK_ARGUMENTS,
  parseLsblk,
  permanentAddresses,
  systemDiskIn,
  UNKNOWN_DRIVE,
} from "../hardware/index.ts";
import { codeOf } from "./atomic-files.ts";
import { deviceOf, isMountPoint } from "./mount-points.ts";
import { runProgram } from "./run-program.ts";

/** It takes about 6 ms; a broken drive can make it hang. */
const LSBLK_TIMEOUT_MS = 2_000;

/** Reads /etc, /sys and `lsblk`, which is searched in the PATH because distributions differ. */
export function createLinuxHardware({ program = "lsblk", system = "/" } = {}): Hardware {
  const at = (...names: string[]) => join(system, ...names);

  async function blockDevices() {
    const text = await runProgram(program, LSBLK_ARGUMENTS, LSBLK_TIMEOUT_MS);
    return (text !== undefined && parseLsblk(text)) || [];
  }

  async function systemDisk(): Promise<string | undefined> {
    const device = await deviceOf("/");
    return device === undefined ? undefined : systemDiskIn(await blockDevices(), deviceNumber(device));
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
    const device = await deviceOf(root);
    const found = device !== undefined && driveIn(await blockDevices(), deviceNumber(device), root);
    return found ? { ...found, removable: found.removable && (await isMountPoint(root)) } : UNKNOWN_DRIVE;
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
      const device = await deviceOf(root);
      if (device === undefined) return "";
      const number = deviceNumber(device);
      // The kernel counts every disk that appears (since 5.15); the count of a partition is one folder above.
      const folder = at("sys/dev/block", number);
      const count = (await textOf(join(folder, "diskseq"))) ?? (await textOf(join(await diskOf(folder), "diskseq")));
      return `${number} ${count ?? ""}`;
    },
  };
}

/** The folder of the disk of a partition; both are links to their devices in /sys. */
async function diskOf(folder: string): Promise<string> {
  try {
    return join(folder, "..", await readlink(folder), "..");
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return folder;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return [];
  }
}
