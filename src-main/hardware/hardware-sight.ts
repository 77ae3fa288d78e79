import type { DriveReading } from "../../src-shared/hardware/index.ts";
import type { ActivationRequest, DeviceMarks, StickMarks } from "../../src-shared/license/index.ts";
import type { Hardware } from "../../src-shared/hardware/index.ts";
import { deviceMarksOf, stickMarksOf } from "../../src-shared/node/hardware-marks.ts";

/** The marks of the hardware here. The computer is read once, at the start; a drive once each time it is plugged in. */
export type HardwareSight = {
  readonly deviceMarks: (privateKey: Uint8Array) => Promise<DeviceMarks>;
  /** As far as they are known by now: on some systems the rest comes seconds later. */
  readonly stickMarks: (root: string, stickId: string) => Promise<StickMarks>;
  /** What a request says of computer and drive. It waits for the rest; a folder that is no drive has no marks to send. */
  readonly requestMarks: (
    privateKey: Uint8Array,
    root: string,
    stickId: string,
  ) => Promise<Pick<ActivationRequest, "deviceMarks" | "stickMarks">>;
  /** The drive is gone: whatever is there next is read anew. */
  readonly forget: () => void;
};

type Drive = {
  readonly root: string;
  readonly plug: string;
  readonly quick: Promise<DriveReading>;
  readonly whole: Promise<DriveReading>;
  /** The whole, once it is here. */
  known: DriveReading | undefined;
};

export function createHardwareSight(hardware: Hardware): HardwareSight {
  const device = hardware.device();
  let drive: Drive | undefined;

  async function driveAt(root: string): Promise<Drive> {
    const plug = await hardware.plug(root);
    if (drive?.root === root && drive.plug === plug) return drive;
    const read: Drive = { root, plug, known: undefined, ...hardware.drive(root) };
    void read.whole.then((reading) => (read.known = reading));
    drive = read;
    return read;
  }

  return {
    deviceMarks: async (privateKey) => deviceMarksOf(privateKey, await device),
    async stickMarks(root, stickId) {
      const { quick, known } = await driveAt(root);
      return stickMarksOf(stickId, known ?? (await quick));
    },
    async requestMarks(privateKey, root, stickId) {
      const deviceMarks = deviceMarksOf(privateKey, await device);
      const reading = await (await driveAt(root)).whole;
      return reading.removable ? { deviceMarks, stickMarks: stickMarksOf(stickId, reading) } : { deviceMarks };
    },
    forget() {
      drive = undefined;
    },
  };
}
