import * as v from "valibot";
import { type DriveReading, normalPartition, normalSerial, normalVolume } from "./readings.ts";

/** Buses of fixed disks and of images, as `Get-Disk` names them. */
const NOT_USB = new Set(["ATA", "SATA", "NVMe", "RAID", "SAS", "iSCSI", "File Backed Virtual", "Storage Spaces"]);

/** Finds `MachineGuid` in the output of `reg query`. */
export function parseMachineGuid(text: string): string | undefined {
  return /^\s*MachineGuid\s+REG_SZ\s+([0-9a-f-]{36})\s*$/im.exec(text)?.[1]?.toLowerCase();
}

/** Whether the root of a path is a folder of another computer (UNC), and not the name of a device. */
export function isNetworkPath(root: string): boolean {
  return /^[\\/]{2}(?:[^\\/?.]|[?.][\\/]UNC(?:[\\/]|$))/i.test(root);
}

/** The PowerShell script that describes the partition of a drive letter as JSON; `undefined` if it is not a drive. */
export function partitionScript(root: string): string | undefined {
  // Also in the long form, `\\?\E:\`, and as people type it.
  const letter = /^(?:[\\/]{2}[?.][\\/])?([A-Za-z]):[\\/]?$/.exec(root)?.[1];
  if (letter === undefined) return undefined;
  const members = [
    'bus="$($d.BusType)"',
    'path="$($d.Path)"',
    'signature="$($d.Signature)"',
    'guid="$($p.Guid)"',
    'number="$($p.PartitionNumber)"',
  ];
  return [
    "$ErrorActionPreference='Stop'",
    `$p=Get-Partition -DriveLetter ${letter}`,
    "$d=$p|Get-Disk",
    `[pscustomobject]@{${members.join(";")}}|ConvertTo-Json -Compress`,
  ].join(";");
}

const Partition = v.object({
  bus: v.string(),
  path: v.string(),
  signature: v.string(),
  guid: v.string(),
  number: v.string(),
});

/** Reads the output of that script, together with the volume's serial number (32 bits). */
export function parsePartition(text: string, volume: string | undefined): DriveReading | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.trim(), v.parseJson(), Partition), text);
  if (!parsed.success) return undefined;
  const { bus, path, signature, guid, number } = parsed.output;
  const usb = bus === "USB";
  return {
    usb: usb || (NOT_USB.has(bus) ? false : undefined),
    serial: usb ? normalSerial(serialInPath(path)) : undefined,
    volume,
    partition: normalPartition(guid) ?? normalPartition(oldPartition(signature, number)),
    removable: usb,
  };
}

/** The 32 bits that Windows reports as the device of each file on a volume. */
export function volumeOfDevice(dev: bigint): string | undefined {
  return normalVolume((dev & 0xffffffffn).toString(16).padStart(8, "0"));
}

// \\?\usbstor#disk&ven_...#4c530001230101112345&0#{...}: if the second character is "&", Windows made the number up.
function serialInPath(path: string): string | undefined {
  const [bus, , instance = ""] = path.toLowerCase().split("#");
  if (bus !== String.raw`\\?\usbstor` || instance.charAt(1) === "&") return undefined;
  return instance.replace(/&\d+$/, "");
}

// In the form that Linux uses: signature and number in hexadecimal.
function oldPartition(signature: string, number: string): string | undefined {
  if (!/^\d{1,10}$/.test(signature) || !/^\d{1,3}$/.test(number)) return undefined;
  return `${Number(signature).toString(16).padStart(8, "0")}-${Number(number).toString(16).padStart(2, "0")}`;
}
