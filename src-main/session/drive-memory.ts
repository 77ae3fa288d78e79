import { type DriveFingerprint, isSameDrive, type StickFingerprint } from "../../src-shared/license/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import type { HardwareFingerprint } from "../hardware/index.ts";

/** The hardware fingerprint of the drive for which the open vault was last judged. */
export type DriveMemory = {
  /** Remembers the drive of this vault for later comparisons. */
  readonly remember: (vault: OpenVault) => Promise<void>;
  /** Whether it is the same drive as before, as far as that can be known, and the one that the license names. */
  readonly isSame: (vault: OpenVault, licensed: StickFingerprint) => Promise<boolean>;
  /** Whether its fingerprint differs from the remembered one. */
  readonly hasChanged: (vault: OpenVault) => Promise<boolean>;
  /** The drive was removed: the next one is read again, and compared with it. */
  readonly forget: () => void;
};

export function createDriveMemory(hardware: HardwareFingerprint): DriveMemory {
  let known: DriveFingerprint = {};
  const fingerprintOf = ({ root, manifest }: OpenVault) => hardware.ofStick(root, manifest.claims.markKey);

  return {
    async remember(vault) {
      known = await fingerprintOf(vault);
    },
    async isSame(vault, licensed) {
      const here = await fingerprintOf(vault);
      if (!isSameDrive(known, here) || !isSameDrive(licensed, here)) return false;
      known = { ...known, ...here };
      return true;
    },
    async hasChanged(vault) {
      const { serial, volume, partition, noUsb } = await fingerprintOf(vault);
      const isSame = serial === known.serial && volume === known.volume && partition === known.partition;
      return !isSame || noUsb !== known.noUsb;
    },
    forget: hardware.forget,
  };
}
