import { type DeviceReading, type DriveReading, UNKNOWN_DRIVE } from "../../src-shared/hardware/index.ts";
import type { Hardware } from "../../src-shared/hardware/index.ts";

export const COMPUTER: DeviceReading = { os: "the installation", disk: "the system disk", net: ["3c:22:fb:00:00:01"] };

/** Hardware that a test can change. If `later` is set, the whole reading returns it, but only after `letGo`. */
export type FakeHardware = Hardware & {
  computer: DeviceReading;
  stick: DriveReading;
  later: DriveReading | undefined;
  /** Incremented with each drive that is plugged in. */
  plugs: number;
  releaseLater(): void;
};

export function createFakeHardware(): FakeHardware {
  let release: () => void = () => undefined;
  const fake: FakeHardware = {
    computer: { os: undefined, disk: undefined, net: [] },
    stick: UNKNOWN_DRIVE,
    later: undefined,
    plugs: 0,
    releaseLater: () => release(),
    device: async () => fake.computer,
    drive() {
      const [now, later] = [fake.stick, fake.later];
      const gate = new Promise<void>((resolve) => (release = resolve));
      return { quick: Promise.resolve(now), whole: later ? gate.then(() => later) : Promise.resolve(now) };
    },
    plug: async () => String(fake.plugs),
  };
  return fake;
}
