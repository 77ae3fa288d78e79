import {
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { deviceNumber } from "../../src-shared/hardware/index.ts";

/** `sdx1` of a USB stick in `/sys`, below a hub. */
const DEVICE = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4";
const DISK = `${DEVICE}/1-2.4:1.0/host6/target6:0:0/6:0:0:0/block/sdx`;

/**
 * The kernel's and udev's files about one USB stick, in a folder that takes the place of `/`. Another process sees them
 * in place of the real ones if it is started with `command` (needs root): in a mount namespace of its own, so that
 * nothing else on this computer does.
 */
export function writeFakeUsb(system: string) {
  const put = (path: string, text: string) => {
    mkdirSync(join(system, path, ".."), { recursive: true });
    writeFileSync(join(system, path), `${text}\n`);
  };
  const link = (path: string, target: string) => {
    mkdirSync(join(system, path, ".."), { recursive: true });
    rmSync(join(system, path), { force: true });
    symlinkSync(join(system, target), join(system, path));
  };
  for (const folder of ["sys/dev/block", "sys/class/block", "run/udev/data"]) {
    mkdirSync(join(system, folder), { recursive: true });
  }
  // All other devices are the real ones.
  const real = existsSync("/sys/dev/block") ? readdirSync("/sys/dev/block") : [];
  for (const number of real) {
    symlinkSync(realpathSync(join("/sys/dev/block", number)), join(system, "sys/dev/block", number));
  }
  const over = (folder: string) => `mount --bind '${join(system, folder)}' '/${folder}'`;
  const sys = [over("sys/dev/block"), over("sys/class/block")];
  const udev = ["mount -t tmpfs tmpfs /run", "mkdir -p /run/udev/data", over("run/udev/data")];
  const within = (steps: readonly string[]) => [
    "unshare",
    "--mount",
    "--propagation",
    "slave",
    "sh",
    "-c",
    [...steps, 'exec "$@"'].join(" && "),
    "sh",
  ];
  return {
    put,
    /** Makes the file system at `root` that of a USB stick with this serial number. */
    setStick(root: string, serial: string | undefined, uuid = "1234-ABCD"): void {
      const number = deviceNumber(statSync(root, { bigint: true }).dev);
      rmSync(join(system, DEVICE), { recursive: true, force: true });
      put(`${DEVICE}/../idVendor`, "05e3");
      put(`${DEVICE}/../serial`, "SERIAL OF THE HUB");
      put(`${DEVICE}/idVendor`, "0781");
      if (serial !== undefined) put(`${DEVICE}/serial`, serial);
      put(`${DISK}/removable`, "1");
      put(`${DISK}/sdx1/partition`, "1");
      put(`${DISK}/sdx1/dev`, number);
      link(`sys/dev/block/${number}`, `${DISK}/sdx1`);
      link("sys/class/block/sdx1", `${DISK}/sdx1`);
      put(`run/udev/data/b${number}`, `E:ID_FS_UUID=${uuid}\nE:ID_PART_ENTRY_UUID=1a2b3c4d-01`);
    },
    /** The kernel no longer says anything. */
    clear(root: string): void {
      const number = deviceNumber(statSync(root, { bigint: true }).dev);
      rmSync(join(system, "sys/dev/block", number), { force: true });
    },
    /** The words before a command that shall see them. */
    command: within([...sys, ...udev]),
    /** The folder of a program `electron` that sees them, except those of udev: it needs `/run`. */
    electronFolder(executable: string): string {
      const words = [...within(sys), executable].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
      writeFileSync(join(system, "electron"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o755 });
      return system;
    },
  };
}
