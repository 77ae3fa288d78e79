import type { DriveReading } from "../../src-shared/hardware/index.ts";
import type { ActivationRequest, DeviceFingerprint, DriveFingerprint } from "../../src-shared/license/index.ts";
import type { Hardware } from "../../src-shared/hardware/index.ts";
import {
  deviceFingerprintOf,
  driveFingerprintOf,
  stickFingerprintOf,
} from "../../src-shared/node/hardware-fingerprint.ts";

/**
 * Fingerprints of this computer's hardware. The computer is read once, at the start; a drive once each time it is
 * plugged in.
 */
export type HardwareFingerprint = {
  readonly ofDevice: (privateKey: Uint8Array) => Promise<DeviceFingerprint>;
  /** What is known so far: on some systems the rest arrives seconds later. */
  readonly ofStick: (root: string, markKey: string) => Promise<DriveFingerprint>;
  /**
   * The fingerprints for an activation request. Waits until all parts are known; a folder that is not a drive has none.
   */
  readonly forRequest: (
    privateKey: Uint8Array,
    root: string,
    markKey: string,
  ) => Promise<Pick<ActivationRequest, "deviceMarks" | "stickMarks">>;
  /** A drive was removed: all are read again. */
  readonly forget: () => void;
};

type Drive = {
  readonly plug: string;
  readonly quick: Promise<DriveReading>;
  readonly whole: Promise<DriveReading>;
  /** The complete fingerprint, once it has arrived. */
  known: DriveReading | undefined;
};

export function createHardwareFingerprint(hardware: Hardware): HardwareFingerprint {
  const device = hardware.device();
  const drives = new Map<string, Drive>();

  async function driveAt(root: string): Promise<Drive> {
    const plug = await hardware.plug(root);
    const earlier = drives.get(root);
    if (earlier?.plug === plug) return earlier;
    const read: Drive = { plug, known: undefined, ...hardware.drive(root) };
    void read.whole.then((reading) => (read.known = reading));
    drives.set(root, read);
    return read;
  }

  return {
    ofDevice: async (privateKey) => deviceFingerprintOf(privateKey, await device),
    async ofStick(root, markKey) {
      const { quick, known } = await driveAt(root);
      return driveFingerprintOf(markKey, known ?? (await quick));
    },
    async forRequest(privateKey, root, markKey) {
      const deviceMarks = deviceFingerprintOf(privateKey, await device);
      const reading = await (await driveAt(root)).whole;
      return reading.removable ? { deviceMarks, stickMarks: stickFingerprintOf(markKey, reading) } : { deviceMarks };
    },
    forget() {
      drives.clear();
    },
  };
}
