import { isSameDrive, type StickMarks } from "../../src-shared/license/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import type { HardwareSight } from "../hardware/index.ts";

/** The drive on which the vault that is looked at was last judged. */
export type DriveMemory = {
  /** From the next verdict on it is this one. */
  readonly meet: (vault: OpenVault) => Promise<void>;
  /** Whether it is the same drive as before, as far as anyone can tell, and the one of these licensed marks. */
  readonly isSame: (vault: OpenVault, licensed: StickMarks) => Promise<boolean>;
  /** Whether other things are known of it than at the last verdict. */
  readonly hasChanged: (vault: OpenVault) => Promise<boolean>;
  /** It is gone: whatever comes next is read anew, and compared with it. */
  readonly lose: () => void;
};

export function createDriveMemory(hardware: HardwareSight): DriveMemory {
  let known: StickMarks = {};
  const marksOf = ({ root, manifest }: OpenVault) => hardware.stickMarks(root, manifest.claims.stickId);

  return {
    async meet(vault) {
      known = await marksOf(vault);
    },
    async isSame(vault, licensed) {
      const here = await marksOf(vault);
      if (!isSameDrive(known, here) || !isSameDrive(licensed, here)) return false;
      known = { ...known, ...here };
      return true;
    },
    async hasChanged(vault) {
      const { serial, volume, partition } = await marksOf(vault);
      return serial !== known.serial || volume !== known.volume || partition !== known.partition;
    },
    lose: hardware.forget,
  };
}
