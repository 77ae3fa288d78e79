import * as v from "valibot";
import { type DriveReading, normalPartition, normalSerial, normalVolume } from "./readings.ts";

/** Finds the hardware UUID in the output of `ioreg -rd1 -c IOPlatformExpertDevice`. */
export function parsePlatformUuid(text: string): string | undefined {
  return /"IOPlatformUUID"\s*=\s*"([0-9A-F-]{36})"/i.exec(text)?.[1]?.toLowerCase();
}

export type MacDisk = DriveReading & {
  /** The whole disk, `disk4`, by which the USB tree names it; only for USB drives. */
  readonly usbDisk: string | undefined;
};

/** Reads the output of `diskutil info -plist`. It does not contain the serial number. */
export function parseDiskutil(plist: string): MacDisk | undefined {
  if (!plist.includes("<plist")) return undefined;
  const text = (key: string) => valueIn(plist, key, "<string>([^<]{1,200})</string>");
  const usb = text("BusProtocol") === "USB";
  // macOS derives a UUID from the 32 bits of FAT; no other system knows it.
  const isFat = /msdos|exfat|fat/i.test(text("FilesystemType") ?? "");
  const isExchangeable = usb || valueIn(plist, "RemovableMediaOrExternalDevice", "<(true)/>") === "true";
  const isInternal = valueIn(plist, "Internal", "<(true)/>") === "true" && !isExchangeable;
  return {
    usb: usb || (isInternal || text("BusProtocol") === "Disk Image" ? false : undefined),
    serial: undefined,
    volume: isFat ? undefined : normalVolume(text("VolumeUUID")),
    partition: normalPartition(text("DiskUUID")),
    removable: isExchangeable,
    usbDisk: usb ? text("ParentWholeDisk") : undefined,
  };
}

// Names in a property list are escaped: the name of a volume cannot imitate one of the keys.
function valueIn(plist: string, key: string, form: string): string | undefined {
  return new RegExp(`<key>${key}</key>\\s*${form}`).exec(plist)?.[1];
}

const Item = v.object({
  serial_num: v.optional(v.string()),
  Media: v.optional(v.array(v.unknown()), []),
  _items: v.optional(v.array(v.unknown()), []),
});
const Medium = v.object({ bsd_name: v.string() });

/** Hubs in hubs: USB allows seven levels in all. */
const MAX_LEVELS = 12;

/** Finds the serial number of a disk (`disk4`) in the output of `system_profiler -json SPUSBDataType`. */
export function parseUsbSerial(text: string, disk: string): string | undefined {
  const report = v.safeParse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.array(v.unknown()))), text);
  return report.success ? serialIn(Object.values(report.output).flat(), disk, MAX_LEVELS) : undefined;
}

function serialIn(items: readonly unknown[], disk: string, levels: number): string | undefined {
  if (levels === 0) return undefined;
  for (const item of items) {
    const parsed = v.safeParse(Item, item);
    if (!parsed.success) continue;
    const { serial_num: serial, Media: media, _items: below } = parsed.output;
    if (media.some((medium) => v.is(Medium, medium) && medium.bsd_name === disk)) return normalSerial(serial);
    const found = serialIn(below, disk, levels - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
