/** The raw hardware ids of a computer, as far as they could be read. They never leave it: only keyed marks do. */
export type DeviceReading = {
  /** The operating system's own id of this installation. */
  readonly os: string | undefined;
  /** The system disk. */
  readonly disk: string | undefined;
  /** The permanent addresses of its network cards, sorted. */
  readonly net: readonly string[];
};

/** What is known about the drive of a folder. */
export type DriveReading = {
  /**
   * Whether it is on the USB bus. `false`: the system knows that this is memory, a network folder, the image of a drive
   * or an internal disk. `undefined`: the system does not say.
   */
  readonly usb: boolean | undefined;
  /** The serial number in the USB descriptor: the only one that all systems report in the same way. */
  readonly serial: string | undefined;
  readonly volume: string | undefined;
  readonly partition: string | undefined;
  /** Whether it is a stick, as far as the system can tell. */
  readonly removable: boolean;
};

export const UNKNOWN_DRIVE: DriveReading = {
  usb: undefined,
  serial: undefined,
  volume: undefined,
  partition: undefined,
  removable: false,
};

/** Longer than any real id. The firmware of a drive and the creator of a file system can write anything. */
const MAX_CHARS = 128;

/** A serial number in a spelling that is the same on Linux, Windows and macOS; `undefined` if it is not a real one. */
export function normalSerial(text: string | null | undefined): string | undefined {
  const serial = bounded(text)
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "");
  return serial.length < 4 || isBlank(serial) ? undefined : serial;
}

/**
 * The id of a file system. Linux writes the 32 bits of FAT as `1234-ABCD` and the 64 of NTFS as 16 digits; Windows
 * reports the low 32 bits of either. Therefore these are reduced to 8 digits; a UUID is kept.
 */
export function normalVolume(text: string | null | undefined): string | undefined {
  const volume = bounded(text).toLowerCase();
  const short = /^(?:[0-9a-f]{8})?([0-9a-f]{8})$/.exec(volume.replace(/^([0-9a-f]{4})-([0-9a-f]{4})$/, "$1$2"));
  const id = short?.[1] ?? volume;
  return id === "" || isBlank(id) ? undefined : id;
}

/** The id of a partition: a GUID, or for an MBR partition table its signature and number, `1a2b3c4d-01`. */
export function normalPartition(text: string | null | undefined): string | undefined {
  const id = bounded(text).toLowerCase().replaceAll(/[{}]/g, "");
  return id === "" || isBlank(id) || id.startsWith("00000000-") ? undefined : id;
}

function bounded(text: string | null | undefined): string {
  const trimmed = text?.trim() ?? "";
  return trimmed.length > MAX_CHARS ? "" : trimmed;
}

// Placeholder values of manufacturers who had no number to enter.
function isBlank(id: string): boolean {
  return new Set(id.replaceAll("-", "")).size <= 1;
}

/** Asks the system about its hardware. What cannot be read is unknown, never an error. */
export type Hardware = {
  readonly device: () => Promise<DeviceReading>;
  /** The drive of a folder: `quick` within milliseconds, `whole` within seconds. */
  readonly drive: (root: string) => { readonly quick: Promise<DriveReading>; readonly whole: Promise<DriveReading> };
  /** Changes when another drive is plugged in behind the same path; takes less than a millisecond. */
  readonly plug: (root: string) => Promise<string>;
};
