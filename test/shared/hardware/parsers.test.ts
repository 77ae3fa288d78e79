import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  deviceNumber,
  driveIn,
  normalVolume,
  parseDiskutil,
  parseLsblk,
  parseMachineGuid,
  parsePartition,
  parsePlatformUuid,
  parseUsbSerial,
  partitionScript,
  permanentAddresses,
  systemDiskIn,
  volumeOfDevice,
} from "../../../src-shared/hardware/index.ts";
import { normalPartition, normalSerial } from "../../../src-shared/hardware/readings.ts";

const recorded = (name: string) => readFileSync(join(import.meta.dirname, "recorded", name), "utf8");
const devices = (name: string) => parseLsblk(recorded(name)) ?? [];
const SERIAL = "4C530001230101112345";

describe("lsblk", () => {
  it("tells the USB stick by the device number of the files on it, with the serial number of the disk below", () => {
    expect(driveIn(devices("lsblk-stick.json"), "8:1", "/anywhere")).toEqual({
      serial: SERIAL,
      volume: "1234abcd",
      partition: "1a2b3c4d-01",
      removable: true,
    });
  });

  it("tells it by its mount point where a file system has numbers of its own", () => {
    expect(driveIn(devices("lsblk-stick.json"), "0:57", "/media/ada/HARBOUR")).toMatchObject({ serial: SERIAL });
    expect(driveIn(devices("lsblk-stick.json"), "0:57", "/media/ada")).toBeUndefined();
  });

  it("takes serial numbers of USB alone: other buses and card readers tell others on other systems", () => {
    const card = driveIn(devices("lsblk-stick.json"), "179:1", "");
    expect(card).toEqual({ serial: undefined, volume: "77aa01fe", partition: undefined, removable: true });
    const disk = driveIn(devices("lsblk-stick.json"), "259:1", "");
    expect(disk).toMatchObject({ serial: undefined, volume: "b00bf00d", removable: false });
  });

  it("is understood as older versions print it, and a serial number of zeros is none", () => {
    expect(driveIn(devices("lsblk-old.json"), "8:17", "")).toEqual({
      serial: undefined,
      volume: "c3d4e5f6",
      partition: "00021365-01",
      removable: true,
    });
    expect(driveIn(devices("lsblk-old.json"), "8:16", "")?.removable).toBe(true);
  });

  it("tells the system disk by its serial number below encryption, else by its file system", () => {
    expect(systemDiskIn(devices("lsblk-stick.json"), "254:0")).toBe("S4EWNX0R123456");
    expect(systemDiskIn(devices("lsblk-stick.json"), "0:31")).toBe("S4EWNX0R123456");
    expect(systemDiskIn(devices("lsblk-old.json"), "252:1")).toBe("6a6b1b47-9d0c-4f0e-8f5e-1f2a3b4c5d6e");
    expect(systemDiskIn([], "252:1")).toBeUndefined();
  });

  const nested = (levels: number) =>
    `${'{"maj:min":"8:1","children":['.repeat(levels)}{"maj:min":"8:2"}${"]}".repeat(levels)}`;
  it.each([
    ["nothing", "", undefined],
    ["no JSON", "lsblk: not found", undefined],
    ["another object", '{"devices":[]}', undefined],
    ["a list", "[]", undefined],
    ["no device", '{"blockdevices":[]}', 0],
    ["devices of other kinds", '{"blockdevices":[1,null,"sda",{"name":"sda"},{"maj:min":7}]}', 0],
    ["a number that is none", '{"blockdevices":[{"maj:min":"8:1; rm"},{"maj:min":"123456789:0"}]}', 0],
    ["a serial number that is an object", '{"blockdevices":[{"maj:min":"8:0","serial":{}}]}', 0],
    ["more levels than there are", `{"blockdevices":[${nested(40)}]}`, 8],
    ["levels without end", `{"blockdevices":[${nested(100_000)}`, undefined],
  ])("never throws at %s", (_name, text, count) => {
    expect(parseLsblk(text)?.length).toBe(count);
  });

  it("takes no id that is longer than ids are", () => {
    const long = { "maj:min": "8:0", tran: "usb", serial: "A1".repeat(100), uuid: "b2".repeat(100) };
    const found = driveIn(parseLsblk(JSON.stringify({ blockdevices: [long] })) ?? [], "8:0", "");
    expect(found).toMatchObject({ serial: undefined, volume: undefined });
  });

  it.each([
    [65_024n, "254:0"],
    [2049n, "8:1"],
    [0x1000_0010_0005n, "4096:261"],
    [57n, "0:57"],
  ])("knows the device %i of stat as %s", (dev, number) => {
    expect(deviceNumber(dev)).toBe(number);
  });
});

describe("Windows", () => {
  it("tells its MachineGuid in the registry", () => {
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
  it("tells the same of a stick as Linux does", () => {
    expect(parsePartition(`${JSON.stringify(output)}\r\n`, volumeOfDevice(0x1234abcdn))).toEqual(
      driveIn(devices("lsblk-stick.json"), "8:1", ""),
    );
  });

  it.each([
    ["made its serial number up", { path: output.path.replace("4c530001230101112345&0", "7&2a1b3c4d&0") }, undefined],
    ["is no USB drive", { bus: "NVMe" }, undefined],
    ["is USB by another driver", { path: String.raw`\\?\scsi#disk&ven_x#4c53&0#{}` }, undefined],
    ["has no path", { path: "" }, undefined],
  ])("tells no serial number of a drive that %s", (_name, changes, serial) => {
    expect(parsePartition(JSON.stringify({ ...output, ...changes }), undefined)?.serial).toBe(serial);
  });

  it.each([
    [{ guid: "{2F0C9E7A-5B1D-4C3E-9A8B-7C6D5E4F3A2B}" }, "2f0c9e7a-5b1d-4c3e-9a8b-7c6d5e4f3a2b"],
    [{ number: "12" }, "1a2b3c4d-0c"],
    [{ signature: "" }, undefined],
    [{ signature: "1e3" }, undefined],
    [{ signature: "0" }, undefined],
  ])("tells the partition of %j as %s", (changes, partition) => {
    expect(parsePartition(JSON.stringify({ ...output, ...changes }), undefined)?.partition).toBe(partition);
  });

  it.each(["", "null", "[]", "{}", '{"bus":1}', `${JSON.stringify(output)}${JSON.stringify(output)}`])(
    "takes %j for nothing",
    (text) => {
      expect(parsePartition(text, "1234abcd")).toBeUndefined();
    },
  );

  it.each(["E:\\", "e:", "E:"])("is asked about the drive %s", (root) => {
    expect(partitionScript(root)).toContain(`-DriveLetter ${root.charAt(0)};`);
  });
  it.each(["E:\\folder", "\\\\server\\share", "E;calc", "", "/media/x", "EE:\\", "E:\\;calc"])(
    "is never asked about %s, which might be read as a command",
    (root) => {
      expect(partitionScript(root)).toBeUndefined();
    },
  );

  it.each([
    [0x1234abcdn, "1234abcd"],
    [0x01d8a1b2c3d4e5f6n, "c3d4e5f6"],
    [0xabcn, "00000abc"],
    [0n, undefined],
  ])("gives the volume %i as %s", (dev, volume) => {
    expect(volumeOfDevice(dev)).toBe(volume);
  });
});

describe("macOS", () => {
  it("tells the hardware's UUID", () => {
    expect(parsePlatformUuid(recorded("ioreg.txt"))).toBe("5b3f1c2d-0a9e-5d4c-8b7a-6f1e2d3c4b5a");
    expect(parsePlatformUuid("")).toBeUndefined();
  });

  it("tells what a stick is, whatever its name says; FAT's own id is not to be had there", () => {
    expect(parseDiskutil(recorded("diskutil-fat.plist"))).toEqual({
      serial: undefined,
      volume: undefined,
      partition: "2f0c9e7a-5b1d-4c3e-9a8b-7c6d5e4f3a2b",
      removable: true,
      usbDisk: "disk4",
    });
  });

  it("tells the system's volume", () => {
    const disk = parseDiskutil(recorded("diskutil-data.plist"));
    expect(disk).toMatchObject({
      volume: "91a5f7c0-3d2e-4b1f-8c7d-6a5b4c3d2e1f",
      removable: false,
      usbDisk: undefined,
    });
  });

  it("tells the serial number of the disk, as Linux does", () => {
    expect(parseUsbSerial(recorded("system-profiler.json"), "disk4")).toBe(SERIAL);
    expect(parseUsbSerial(recorded("system-profiler.json"), "disk5")).toBeUndefined();
  });

  it.each(["", "null", "[]", '{"SPUSBDataType":7}', '{"SPUSBDataType":[7,null,{"Media":"disk4"},{"_items":[[]]}]}'])(
    "takes %j for nothing",
    (text) => {
      expect(parseUsbSerial(text, "disk4")).toBeUndefined();
      expect(parseDiskutil(text)).toBeUndefined();
    },
  );

  it("does not follow hubs without end", () => {
    const hubs = `${'{"_items":['.repeat(40)}{"serial_num":"4C53","Media":[{"bsd_name":"disk4"}]}${"]}".repeat(40)}`;
    expect(parseUsbSerial(`{"x":[${hubs}]}`, "disk4")).toBeUndefined();
  });
});

describe("ids in one spelling", () => {
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

  it("network addresses are those that makers gave", () => {
    const real = ["3c:22:fb:00:00:02", "3C-22-FB-00-00-01", "3c:22:fb:00:00:02"];
    const software = ["02:42:ac:11:00:02", "01:00:5e:00:00:01", "00:00:00:00:00:00", "00:15:5d:01:02:03", "lo", ""];
    expect(permanentAddresses([...real, ...software])).toEqual(["3c:22:fb:00:00:01", "3c:22:fb:00:00:02"]);
    const many = Array.from({ length: 20 }, (_, index) => `3c:22:fb:00:00:${String(index + 10)}`);
    expect(permanentAddresses(many)).toHaveLength(8);
  });
});
