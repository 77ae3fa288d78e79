import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DriveReading } from "../../../src-shared/hardware/index.ts";
import { isSameDrive } from "../../../src-shared/license/index.ts";
import { type Bus, busOf, combined, createBlockDevices } from "../../../src-shared/node/block-devices.ts";
import { driveFingerprintOf, stickFingerprintOf } from "../../../src-shared/node/hardware-fingerprint.ts";
import { createLinuxHardware } from "../../../src-shared/node/linux-hardware.ts";
import { MARK_KEY } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { mountLoop } from "../../ops/support/mounts.ts";

const STICK: DriveReading = {
  usb: true,
  serial: "4C530001230101112345",
  volume: "1234abcd",
  partition: "1a2b3c4d-01",
  removable: true,
};

async function opens(root: string, licensed: DriveReading): Promise<boolean> {
  const here = await createLinuxHardware().drive(root).whole;
  return isSameDrive(stickFingerprintOf(MARK_KEY, licensed), driveFingerprintOf(MARK_KEY, here));
}

/** Mounts in a new folder; `undefined` if that is not allowed here. */
function mounted(...options: string[]): string | undefined {
  const root = join(temporaryFolder(), "mount");
  mkdirSync(root);
  if (spawnSync("mount", [...options, root], { stdio: "ignore" }).status !== 0) return undefined;
  onTestFinished(() => void execFileSync("umount", [root]));
  return root;
}

function overlay(): string | undefined {
  const folder = mounted("-t", "tmpfs", "tmpfs");
  if (folder === undefined) return undefined;
  const [lower, upper, work] = ["lower", "upper", "work"].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [lower, upper, work]) mkdirSync(path);
  return mounted("-t", "overlay", "-o", `lowerdir=${lower},upperdir=${upper},workdir=${work}`, "overlay");
}

function loop(): string | undefined {
  const image = mountLoop(temporaryFolder());
  if (image) onTestFinished(image.unmount);
  return image?.root;
}

/** Real places on this computer that hold a copy of a stick. */
const COPIES: readonly (readonly [what: string, place: () => string | undefined])[] = [
  ["a folder on the system disk", temporaryFolder],
  ["memory", () => mounted("-t", "tmpfs", "tmpfs")],
  ["memory that is mounted as if it were a USB stick", () => mounted("-t", "tmpfs", "/dev/sdx1")],
  ["an overlay", overlay],
  ["the image of a drive", loop],
  ["a folder of the system disk mounted elsewhere", () => mounted("--bind", temporaryFolder())],
];

describe(`a copy of a stick, on this computer: ${COPIES.length} of ${COPIES.length} attacks`, () => {
  it.each(COPIES)("in %s is not the licensed drive", async (_what, place) => {
    const root = place();
    if (root === undefined) return expect(process.getuid?.()).not.toBe(0);
    expect(await opens(root, STICK)).toBe(false);
    // There is nothing to compare: such a stick opens as before.
    expect(await opens(root, { ...STICK, serial: undefined, volume: undefined, partition: undefined })).toBe(true);
  });

  it("is refused whatever programs are in the PATH", async () => {
    const path = process.env["PATH"];
    onTestFinished(() => void (process.env["PATH"] = path));
    process.env["PATH"] = temporaryFolder();
    expect(await opens(temporaryFolder(), STICK)).toBe(false);
  });
});

/** A tree of /sys: folders with files, and links. */
function tree(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) {
  const system = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(system, path, ".."), { recursive: true });
    writeFileSync(join(system, path), text);
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(system, path, ".."), { recursive: true });
    mkdirSync(join(system, target), { recursive: true });
    symlinkSync(join(system, target), join(system, path));
  }
  return system;
}

const PCI = "sys/devices/pci0000:00";
const USB = `${PCI}/0000:00:14.0/usb1`;
const VIRTUAL = "sys/devices/virtual/block";
const SERIAL = "4C530001230101112345";
const STICK_DISK = `${USB}/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0/block/sda`;
const OTHER_DISK = `${USB}/1-3/1-3:1.0/host7/target7:0:0/7:0:0:0/block/sdb`;
const NVME = `${PCI}/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n1`;
const files: Readonly<Record<string, string>> = {
  [`${USB}/idVendor`]: "1d6b\n",
  [`${USB}/serial`]: "0000:00:14.0\n",
  [`${USB}/1-2/idVendor`]: "0781\n",
  [`${USB}/1-2/serial`]: `${SERIAL}\n`,
  [`${STICK_DISK}/removable`]: "1\n",
  [`${STICK_DISK}/sda1/partition`]: "1\n",
  [`${USB}/1-3/idVendor`]: "0930\n",
  [`${OTHER_DISK}/removable`]: "1\n",
  [`${OTHER_DISK}/sdb1/partition`]: "1\n",
  [`${NVME}/removable`]: "0\n",
  [`${NVME}/nvme0n1p2/partition`]: "2\n",
};
const slave = (name: string, ...disks: string[]) =>
  Object.fromEntries(disks.map((disk, i) => [`${VIRTUAL}/${name}/slaves/${i}`, disk]));

const ON_USB: Bus = { usb: true, serial: SERIAL };
const UNKNOWN: Bus = { usb: undefined, serial: undefined };
const NOT_USB: Bus = { usb: false, serial: undefined };
const HUB = `${USB}/1-4/1-4.1/1-4.1.3`;
const BUSES: readonly (readonly [
  string,
  device: string,
  Bus,
  more?: Record<string, string>,
  links?: Record<string, string>,
])[] = [
  ["a partition of a stick", `${STICK_DISK}/sda1`, ON_USB],
  ["a stick without partitions", STICK_DISK, ON_USB],
  ["a stick without a serial number, whose bus has one", `${OTHER_DISK}/sdb1`, { usb: true, serial: undefined }],
  [
    "a stick behind two hubs",
    `${HUB}/1-4.1.3:1.0/host8/target8:0:0/8:0:0:0/block/sdc`,
    ON_USB,
    {
      [`${USB}/1-4/idVendor`]: "05e3",
      [`${USB}/1-4/serial`]: "HUB",
      [`${HUB}/idVendor`]: "0781",
      [`${HUB}/serial`]: SERIAL,
    },
  ],
  ["an NVMe disk in a USB enclosure", `${USB}/1-2/1-2:1.0/host9/target9:0:0/9:0:0:0/block/sdd`, ON_USB],
  ["an encrypted stick", `${VIRTUAL}/dm-0`, ON_USB, {}, slave("dm-0", `${STICK_DISK}/sda1`)],
  [
    "a volume on an encrypted stick",
    `${VIRTUAL}/dm-1`,
    ON_USB,
    {},
    { ...slave("dm-1", `${VIRTUAL}/dm-0`), ...slave("dm-0", STICK_DISK) },
  ],
  [
    "an array of two sticks",
    `${VIRTUAL}/md0`,
    { usb: true, serial: undefined },
    {},
    slave("md0", STICK_DISK, OTHER_DISK),
  ],
  [
    "a partition of an array",
    `${VIRTUAL}/md0/md0p1`,
    ON_USB,
    { [`${VIRTUAL}/md0/md0p1/partition`]: "1" },
    slave("md0", STICK_DISK),
  ],
  [
    "a volume over a stick and an internal disk",
    `${VIRTUAL}/dm-0`,
    NOT_USB,
    {},
    slave("dm-0", `${STICK_DISK}/sda1`, NVME),
  ],
  ["an encrypted internal disk", `${VIRTUAL}/dm-0`, NOT_USB, {}, slave("dm-0", `${NVME}/nvme0n1p2`)],
  ["an encrypted image", `${VIRTUAL}/dm-0`, NOT_USB, {}, slave("dm-0", `${VIRTUAL}/loop0`)],
  ["volumes in a circle", `${VIRTUAL}/dm-0`, UNKNOWN, {}, slave("dm-0", `${VIRTUAL}/dm-0`)],
  ["the image of a drive", `${VIRTUAL}/loop3`, NOT_USB],
  ["a partition in an image", `${VIRTUAL}/loop3/loop3p1`, NOT_USB, { [`${VIRTUAL}/loop3/loop3p1/partition`]: "1" }],
  ["compressed memory", `${VIRTUAL}/zram0`, NOT_USB],
  ["a RAM disk", `${VIRTUAL}/ram0`, NOT_USB],
  ["a drive in the network", `${VIRTUAL}/nbd0`, NOT_USB],
  ["an internal NVMe disk with several paths", "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", NOT_USB],
  ["an internal NVMe disk", `${NVME}/nvme0n1p2`, NOT_USB],
  [
    "an internal SATA disk",
    `${PCI}/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sde`,
    NOT_USB,
    { [`${PCI}/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sde/removable`]: "0" },
  ],
  [
    "the disk of a virtual machine",
    `${PCI}/0000:00:02.0/virtio1/block/vda`,
    NOT_USB,
    { [`${PCI}/0000:00:02.0/virtio1/block/vda/removable`]: "0" },
  ],
  [
    "a card in a reader that is built in",
    "sys/devices/platform/mmc0/mmc0:0001/block/mmcblk0",
    UNKNOWN,
    { "sys/devices/platform/mmc0/mmc0:0001/block/mmcblk0/removable": "0" },
  ],
  [
    "a disc",
    `${PCI}/0000:00:17.0/ata2/host1/block/sr0`,
    UNKNOWN,
    { [`${PCI}/0000:00:17.0/ata2/host1/block/sr0/removable`]: "1" },
  ],
  ["a device of an unknown kind", "sys/devices/platform/new/block/new0", UNKNOWN],
  ["a virtual device of an unknown kind", `${VIRTUAL}/new0`, UNKNOWN],
];

describe(`the bus of a device, in ${BUSES.length} trees of /sys`, () => {
  const rows = BUSES.map(([what, device, bus, more = {}, links = {}]) => [what, device, bus, more, links] as const);
  it.each(rows)("%s", async (_what, device, bus, more, links) => {
    expect(await busOf(join(tree({ ...files, ...more }, links), device))).toEqual(bus);
  });
});

const MOUNTINFO = [
  "31 27 0:57 / /media/home rw - btrfs /dev/sda1 rw",
  "32 27 0:58 / /media/two rw - btrfs /dev/sdb1 rw",
  "33 27 0:59 / /media/crypt rw - btrfs /dev/mapper/stick rw",
  "34 27 0:60 / /media/root rw - btrfs /dev/root rw",
  "35 27 0:61 / /media/ntfs rw - fuse /dev/sda1 rw,user_id=0",
  "36 27 0:62 / /media/fake rw - fuse /dev/sdz9 rw,user_id=1000",
  ...["fuse.sshfs ada@host:/films", "nfs4 host:/films", "cifs //host/films", "9p films", "virtiofs films"].map(
    (mount, i) => `${40 + i} 27 0:${70 + i} / /media/net${i} rw - ${mount} rw`,
  ),
  "50 27 0:80 / /media/pool rw - zfs pool/films rw",
].join("\n");
const NAMES = {
  "sys/class/block/sda1": `${STICK_DISK}/sda1`,
  "sys/class/block/sdb1": `${OTHER_DISK}/sdb1`,
  "sys/class/block/dm-0": `${VIRTUAL}/dm-0`,
  "dev/mapper/stick": "dev/dm-0",
};
const TWO = { "sys/fs/btrfs/6a6b/devices/sdb1": OTHER_DISK, "sys/fs/btrfs/6a6b/devices/sda1": STICK_DISK };

describe("a file system with a number of its own", () => {
  it.each([
    ["btrfs on a stick", "/media/home", ON_USB, {}],
    ["btrfs on two sticks", "/media/two", { usb: true, serial: undefined }, TWO],
    ["btrfs on an encrypted stick", "/media/crypt", ON_USB, slave("dm-0", `${STICK_DISK}/sda1`)],
    ["btrfs on an unknown device", "/media/root", undefined, {}],
    ["a driver outside the kernel, on a stick", "/media/ntfs", ON_USB, {}],
    ["a driver outside the kernel that names a device that is not there", "/media/fake", NOT_USB, {}],
    ["sshfs", "/media/net0", NOT_USB, {}],
    ["NFS", "/media/net1", NOT_USB, {}],
    ["a Windows share", "/media/net2", NOT_USB, {}],
    ["a folder of the host (9p)", "/media/net3", NOT_USB, {}],
    ["a folder of the host (virtiofs)", "/media/net4", NOT_USB, {}],
    ["ZFS, which does not name its devices here", "/media/pool", undefined, {}],
    ["nothing that is mounted", "/mnt", undefined, {}],
  ] as const)("%s", async (_what, path, bus, links) => {
    const system = tree({ ...files, "proc/self/mountinfo": MOUNTINFO }, { ...NAMES, ...links });
    const folders = await createBlockDevices(system).findAt("0:57", path);
    expect(folders && combined(await Promise.all(folders.map((folder) => busOf(folder))))).toEqual(bus);
  });

  it("is unknown where the kernel shows nothing", async () => {
    const devices = createBlockDevices(temporaryFolder());
    expect(await devices.findAt("0:57", "/media/home")).toBeUndefined();
    expect(await devices.findAt("8:1", "/media/home")).toBeUndefined();
  });
});
