import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  deviceNumber,
  isNetworkPath,
  mountOf,
  normalVolume,
  parseDiskutil,
  parseMachineGuid,
  parsePartition,
  parsePlatformUuid,
  parseUsbSerial,
  partitionScript,
  permanentAddresses,
  volumeOfDevice,
} from "../../../src-shared/hardware/index.ts";
import { normalPartition, normalSerial } from "../../../src-shared/hardware/readings.ts";

const recorded = (name: string) => readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
const SERIAL = "4C530001230101112345";

const MOUNTINFO = String.raw`22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw,discard
31 27 8:1 / /media/ada/LE\040PORT rw shared:1 master:2 - vfat /dev/sda1 rw
32 27 0:57 /@home /films rw,relatime - btrfs /dev/mapper/home rw,subvol=/@home
33 27 0:60 / /media/ada/first rw - tmpfs tmpfs rw
34 27 0:61 / /media/ada/first rw - fuse.sshfs ada@host:/films rw
half a line`;

describe("mountinfo", () => {
  it.each([
    ["/media/ada/LE PORT", { id: "31", type: "vfat", source: "/dev/sda1" }],
    ["/media/ada/LE PORT/VAULT", { id: "31", type: "vfat", source: "/dev/sda1" }],
    ["/media/ada/LE PORTAL", { id: "27", type: "ext4", source: "/dev/vda1" }],
    ["/films/old", { id: "32", type: "btrfs", source: "/dev/mapper/home" }],
    ["/media/ada/first", { id: "34", type: "fuse.sshfs", source: "ada@host:/films" }],
    ["/", { id: "27", type: "ext4", source: "/dev/vda1" }],
  ])("yields the mount that holds %s", (path, mount) => {
    expect(mountOf(MOUNTINFO, path)).toEqual(mount);
  });

  it.each(["", "\n\n", "- - -", "a b c d / f - ", "x".repeat(100_000)])("yields nothing for %#", (text) => {
    expect(mountOf(text, "/media")).toBeUndefined();
  });

  it.each([
    [65_024n, "254:0"],
    [2049n, "8:1"],
    [0x1000_0010_0005n, "4096:261"],
    [57n, "0:57"],
  ])("converts the device %i of stat to %s", (dev, number) => {
    expect(deviceNumber(dev)).toBe(number);
  });
});

describe("Windows", () => {
  it("has its MachineGuid in the registry", () => {
    expect(parseMachineGuid(recorded("reg.txt"))).toBe("7d1c2b3a-4e5f-4061-8273-94a5b6c7d8e9");
    expect(
      parseMachineGuid("ERROR: The system was unable to find the specified registry key or value."),
    ).toBeUndefined();
    expect(parseMachineGuid("    MachineGuid    REG_SZ    7d1c2b3a")).toBeUndefined();
    expect(parseMachineGuid("x".repeat(500_000))).toBeUndefined();
  });

  const output = {
    bus: "USB",
    path: String.raw`\\?\usbstor#disk&ven_sandisk&prod_ultra&rev_1.00#4c530001230101112345&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}`,
    signature: "439041101",
    guid: "",
    number: "1",
  };
  it("reports the same as Linux for a stick", () => {
    expect(parsePartition(`${JSON.stringify(output)}\r\n`, volumeOfDevice(0x1234abcdn))).toEqual({
      usb: true,
      serial: SERIAL,
      volume: "1234abcd",
      partition: "1a2b3c4d-01",
      removable: true,
    });
  });

  it.each([
    ["made its serial number up", { path: output.path.replace("4c530001230101112345&0", "7&2a1b3c4d&0") }, undefined],
    ["is not a USB drive", { bus: "NVMe" }, undefined],
    ["uses another USB driver", { path: String.raw`\\?\scsi#disk&ven_x#4c53&0#{}` }, undefined],
    ["has no path", { path: "" }, undefined],
  ])("yields no serial number of a drive that %s", (_name, changes, serial) => {
    expect(parsePartition(JSON.stringify({ ...output, ...changes }), undefined)?.serial).toBe(serial);
  });

  it.each([
    [{ guid: "{2F0C9E7A-5B1D-4C3E-9A8B-7C6D5E4F3A2B}" }, "2f0c9e7a-5b1d-4c3e-9a8b-7c6d5e4f3a2b"],
    [{ number: "12" }, "1a2b3c4d-0c"],
    [{ signature: "" }, undefined],
    [{ signature: "1e3" }, undefined],
    [{ signature: "0" }, undefined],
  ])("yields for %j the partition %s", (changes, partition) => {
    expect(parsePartition(JSON.stringify({ ...output, ...changes }), undefined)?.partition).toBe(partition);
  });

  it.each(["", "null", "[]", "{}", '{"bus":1}', `${JSON.stringify(output)}${JSON.stringify(output)}`])(
    "yields nothing for %j",
    (text) => {
      expect(parsePartition(text, "1234abcd")).toBeUndefined();
    },
  );

  it.each([
    ["USB", true],
    ["NVMe", false],
    ["SATA", false],
    ["File Backed Virtual", false],
    ["SD", undefined],
    ["SCSI", undefined],
    ["Unknown", undefined],
  ])("says of the bus %s whether it is USB", (bus, usb) => {
    expect(parsePartition(JSON.stringify({ ...output, bus }), undefined)?.usb).toBe(usb);
  });

  it.each([
    ["\\\\server\\share\\", true],
    ["//server/share/", true],
    ["\\\\?\\UNC\\", true],
    ["\\\\?\\UNC\\server\\share\\", true],
    ["\\\\.\\unc\\server\\share", true],
    ["\\\\?\\E:\\", false],
    ["\\\\?\\Volume{2f0c9e7a}\\", false],
    ["\\\\.\\E:\\", false],
    ["E:\\", false],
    ["", false],
  ])("%s is in the network: %s", (root, isNetwork) => {
    expect(isNetworkPath(root)).toBe(isNetwork);
  });

  it.each(["E:\\", "e:", "E:", "E:/", "\\\\?\\E:\\", "\\\\.\\E:"])("is asked about the drive %s", (root) => {
    expect(partitionScript(root)).toContain(`-DriveLetter ${/[a-z]/i.exec(root)?.[0]};`);
  });
  it.each(["E:\\folder", "\\\\server\\share", "E;calc", "", "/media/x", "EE:\\", "E:\\;calc"])(
    "is never asked about %s, which could be read as a command",
    (root) => {
      expect(partitionScript(root)).toBeUndefined();
    },
  );

  it.each([
    [0x1234abcdn, "1234abcd"],
    [0x01d8a1b2c3d4e5f6n, "c3d4e5f6"],
    [0xabcn, "00000abc"],
    [0n, undefined],
  ])("yields for %i the volume %s", (dev, volume) => {
    expect(volumeOfDevice(dev)).toBe(volume);
  });
});

describe("macOS", () => {
  it("reports the hardware UUID", () => {
    expect(parsePlatformUuid(recorded("ioreg.txt"))).toBe("5b3f1c2d-0a9e-5d4c-8b7a-6f1e2d3c4b5a");
    expect(parsePlatformUuid("")).toBeUndefined();
  });

  it("yields the properties of a stick, whatever its name is; the id of FAT itself is not available there", () => {
    expect(parseDiskutil(recorded("diskutil-fat.plist"))).toEqual({
      serial: undefined,
      volume: undefined,
      partition: "2f0c9e7a-5b1d-4c3e-9a8b-7c6d5e4f3a2b",
      usb: true,
      removable: true,
      usbDisk: "disk4",
    });
  });

  it("reports the system volume", () => {
    const disk = parseDiskutil(recorded("diskutil-data.plist"));
    expect(disk).toMatchObject({
      volume: "91a5f7c0-3d2e-4b1f-8c7d-6a5b4c3d2e1f",
      removable: false,
      usbDisk: undefined,
    });
  });

  it.each([
    ["Apple Fabric", true, false, false],
    ["Apple Fabric", true, undefined, false],
    ["Disk Image", false, true, false],
    ["Secure Digital", true, true, undefined],
    ["PCI-Express", false, true, undefined],
  ])("says of the bus %s (internal %s, removable %s) whether it is USB", (bus, internal, removable, usb) => {
    const flag = (key: string, value: boolean | undefined) =>
      value === undefined ? "" : `<key>${key}</key><${value}/>`;
    const flags = flag("Internal", internal) + flag("RemovableMediaOrExternalDevice", removable);
    expect(parseDiskutil(`<plist><key>BusProtocol</key><string>${bus}</string>${flags}`)?.usb).toBe(usb);
  });

  it("reports the serial number of the disk, as Linux does", () => {
    expect(parseUsbSerial(recorded("system-profiler.json"), "disk4")).toBe(SERIAL);
    expect(parseUsbSerial(recorded("system-profiler.json"), "disk5")).toBeUndefined();
  });

  it.each(["", "null", "[]", '{"SPUSBDataType":7}', '{"SPUSBDataType":[7,null,{"Media":"disk4"},{"_items":[[]]}]}'])(
    "yields nothing for %j",
    (text) => {
      expect(parseUsbSerial(text, "disk4")).toBeUndefined();
      expect(parseDiskutil(text)).toBeUndefined();
    },
  );

  it("does not follow nested hubs without limit", () => {
    const hubs = `${'{"_items":['.repeat(40)}{"serial_num":"4C53","Media":[{"bsd_name":"disk4"}]}${"]}".repeat(40)}`;
    expect(parseUsbSerial(`{"x":[${hubs}]}`, "disk4")).toBeUndefined();
  });
});

describe("normalized ids", () => {
  it.each([
    ["4c53-0001 2301", "4C5300012301"],
    ["  AA00BB11\n", "AA00BB11"],
    ["000000000000", undefined],
    ["FFFFFFFF", undefined],
    ["A1", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
  ])("serial number %j is %s", (text, serial) => {
    expect(normalSerial(text)).toBe(serial);
  });

  it.each([
    ["1234-ABCD", "1234abcd"],
    ["01D8A1B2C3D4E5F6", "c3d4e5f6"],
    ["1234abcd", "1234abcd"],
    ["9C1F1D1E-2A43-4C0A-B5A5-3A2F0DE7C001", "9c1f1d1e-2a43-4c0a-b5a5-3a2f0de7c001"],
    ["0000-0000", undefined],
    ["", undefined],
  ])("volume %j is %s", (text, volume) => {
    expect(normalVolume(text)).toBe(volume);
  });

  it.each([
    ["1A2B3C4D-01", "1a2b3c4d-01"],
    ["{2F0C9E7A-5B1D-4C3E-9A8B-7C6D5E4F3A2B}", "2f0c9e7a-5b1d-4c3e-9a8b-7c6d5e4f3a2b"],
    ["00000000-01", undefined],
    ["00000000-0000-0000-0000-000000000000", undefined],
  ])("partition %j is %s", (text, partition) => {
    expect(normalPartition(text)).toBe(partition);
  });

  it("network addresses are only those assigned by manufacturers", () => {
    const real = ["3c:22:fb:00:00:02", "3C-22-FB-00-00-01", "3c:22:fb:00:00:02"];
    const software = ["02:42:ac:11:00:02", "01:00:5e:00:00:01", "00:00:00:00:00:00", "00:15:5d:01:02:03", "lo", ""];
    expect(permanentAddresses([...real, ...software])).toEqual(["3c:22:fb:00:00:01", "3c:22:fb:00:00:02"]);
    const many = Array.from({ length: 20 }, (_, index) => `3c:22:fb:00:00:${String(index + 10)}`);
    expect(permanentAddresses(many)).toHaveLength(8);
  });
});
