import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { deviceNumber, UNKNOWN_DRIVE } from "../../../src-shared/hardware/index.ts";
import { hardwareOf } from "../../../src-shared/node/hardware.ts";
import { createLinuxHardware } from "../../../src-shared/node/linux-hardware.ts";
import { isMountPoint } from "../../../src-shared/node/mount-points.ts";
import { runProgram } from "../../../src-shared/node/run-program.ts";
import { writeFakeUsb } from "../../fakes/fake-usb.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { mountLoop } from "../../ops/support/mounts.ts";

function script(text: string): string {
  const path = join(temporaryFolder(), "program");
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

describe("a program of the system", () => {
  it("is run with the given arguments, without a shell", async () => {
    expect(await runProgram(script('printf "%s|" "$@"'), ["a b", "$HOME;", "*"], 10_000)).toBe("a b|$HOME;|*|");
  });

  it.each([
    ["does not exist", undefined],
    ["fails", "echo half; exit 3"],
    ["prints endlessly", "exec cat /dev/zero"],
  ])("yields nothing if it %s", async (_name, text) => {
    expect(await runProgram(text === undefined ? "/nonexistent" : script(text), [], 10_000)).toBeUndefined();
  });

  it("yields nothing if it takes too long, even if its output is held open", async () => {
    const started = performance.now();
    expect(await runProgram(script("echo early; sleep 30 & wait"), [], 200)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

/**
 * A Linux system as files: one wired card, one assigned by software, one whose address was set, one without a device.
 */
function linux() {
  const system = temporaryFolder();
  const put = (path: string, text: string) => {
    mkdirSync(join(system, path, ".."), { recursive: true });
    writeFileSync(join(system, path), `${text}\n`);
  };
  const card = (name: string, address: string, type: string, device = true) => {
    put(`sys/class/net/${name}/address`, address);
    put(`sys/class/net/${name}/addr_assign_type`, type);
    if (device) mkdirSync(join(system, "sys/class/net", name, "device"));
  };
  put("etc/machine-id", "0123456789abcdef0123456789abcdef");
  card("eth0", "3c:22:fb:00:00:01", "0");
  card("wlan0", "3c:22:fb:00:00:02", "3");
  card("br0", "3c:22:fb:00:00:03", "0", false);
  card("veth1", "02:42:ac:11:00:02", "0");
  return { system, put };
}

describe("the hardware of a Linux computer", () => {
  it("consists of its machine id, its system disk and its permanent network cards", async () => {
    const { system, put } = linux();
    const number = deviceNumber(statSync("/", { bigint: true }).dev);
    const disk = "sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda";
    const udev = (name: string, ...lines: string[]) => put(`run/udev/data/b${name}`, lines.join("\n"));
    put(`${disk}/dev`, "8:0");
    put(`${disk}/sda2/partition`, "2");
    put("sys/devices/virtual/block/dm-0/dev", number);
    mkdirSync(join(system, "sys/devices/virtual/block/dm-0/slaves"));
    symlinkSync(join(system, disk, "sda2"), join(system, "sys/devices/virtual/block/dm-0/slaves/sda2"));
    mkdirSync(join(system, "sys/dev/block"), { recursive: true });
    symlinkSync(join(system, "sys/devices/virtual/block/dm-0"), join(system, "sys/dev/block", number));
    const hardware = createLinuxHardware({ system });
    expect((await hardware.device()).disk).toBeUndefined();
    udev(number, "E:ID_FS_UUID=6a6b1b47-9d0c-4f0e-8f5e-1f2a3b4c5d6e");
    expect((await hardware.device()).disk).toBe("6a6b1b47-9d0c-4f0e-8f5e-1f2a3b4c5d6e");
    udev("8:0", "N:sda", "E:ID_SERIAL=Samsung_S4EWNX0R123456", "E:ID_SERIAL_SHORT=S4EWNX0R123456");
    expect(await hardware.device()).toEqual({
      os: "0123456789abcdef0123456789abcdef",
      disk: "S4EWNX0R123456",
      net: ["3c:22:fb:00:00:01"],
    });
  });

  it.each(["uninitialized", "", "0123"])("has no machine id if the file contains %j", async (text) => {
    const { system, put } = linux();
    put("etc/machine-id", text);
    expect((await createLinuxHardware({ system }).device()).os).toBeUndefined();
  });

  it("is unknown if there is nothing to read, which is not an error", async () => {
    const nowhere = createLinuxHardware({ system: temporaryFolder() });
    expect(await nowhere.device()).toEqual({ os: undefined, disk: undefined, net: [] });
    expect(await nowhere.drive("/").whole).toEqual(UNKNOWN_DRIVE);
    expect(await nowhere.drive("/nonexistent").quick).toEqual(UNKNOWN_DRIVE);
  });

  it("is read on this machine too", async () => {
    const { os, net } = await hardwareOf("linux").device();
    if (os !== undefined) expect(readFileSync("/etc/machine-id", "utf8").trim()).toBe(os);
    for (const address of net) expect(address).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  });
});

describe("the drive of a folder", () => {
  it("is read from the very device of the folder; a folder on it is not a stick", async () => {
    const [system, folder] = [temporaryFolder(), temporaryFolder()];
    const fake = writeFakeUsb(system);
    const hardware = createLinuxHardware({ system });
    fake.setStick(folder, "4C53 0001");
    const reading = { usb: true, serial: "4C530001", volume: "1234abcd", partition: "1a2b3c4d-01", removable: false };
    expect(await hardware.drive(folder).whole).toEqual(reading);
    fake.clear(folder);
    expect(await hardware.drive(folder).whole).toEqual(UNKNOWN_DRIVE);
  });

  it("is a stick at the root of a file system", async (context) => {
    const mount = mountLoop(temporaryFolder());
    if (!mount) return context.skip("mounting is not allowed");
    onTestFinished(mount.unmount);
    const system = temporaryFolder();
    writeFakeUsb(system).setStick(mount.root, "4C530001");
    const hardware = createLinuxHardware({ system });
    expect(await hardware.drive(mount.root).whole).toMatchObject({ serial: "4C530001", removable: true });
    expect([await isMountPoint(mount.root), await isMountPoint(join(mount.root, ".."))]).toEqual([true, false]);
    expect(await isMountPoint("/")).toBe(true);
    expect(await hardware.plug(mount.root)).not.toBe(await hardware.plug(join(mount.root, "..")));
  });

  it("is recognized as plugged in again when the kernel has counted another disk under the same number", async () => {
    const system = temporaryFolder();
    const folder = temporaryFolder();
    const real = await createLinuxHardware().plug(folder);
    const number = real.split(" ", 1).join("");
    const disk = join(system, "sys/devices/usb1/block/sdx");
    mkdirSync(join(disk, "sdx1"), { recursive: true });
    writeFileSync(join(disk, "sdx1/partition"), "1\n");
    mkdirSync(join(system, "sys/dev/block"), { recursive: true });
    symlinkSync("../../devices/usb1/block/sdx/sdx1", join(system, "sys/dev/block", number));
    writeFileSync(join(disk, "diskseq"), "41\n");
    const hardware = createLinuxHardware({ system });
    expect(await hardware.plug(folder)).toBe(`${number}  41`);
    writeFileSync(join(disk, "diskseq"), "42\n");
    expect(await hardware.plug(folder)).toBe(`${number}  42`);
    expect(await hardware.plug(join(folder, "gone"))).toBe("");
  });
});
