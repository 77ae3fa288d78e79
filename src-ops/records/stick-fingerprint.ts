import { isSameDrive, type StickFingerprint } from "../../src-shared/license/index.ts";
import { hardwareOf } from "../../src-shared/node/hardware.ts";
import { stickFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";

/** Reads the fingerprint of the drive that holds a vault. `undefined`: the folder is not on a removable drive. */
export async function readStickFingerprint(stick: string, markKey: string): Promise<StickFingerprint | undefined> {
  const drive = await hardwareOf(process.platform).drive(stick).whole;
  return drive.removable ? stickFingerprintOf(markKey, drive) : undefined;
}

/**
 * The fingerprint that the publisher read, else the one in the request. Two drives with one stick id are image copies.
 */
export function chooseStickFingerprint(
  read: StickFingerprint | undefined,
  requested: StickFingerprint | undefined,
  stick: string,
): Attempt<StickFingerprint | undefined> {
  if (!read || !requested || isSameDrive(read, requested)) return ok(read ?? requested);
  return fail(
    "REQUEST_MISMATCH",
    `The request comes from another drive than ${stick}, but both have the same stick id: one is an image of the other. Name the viewer's own stick, or a folder that holds its VAULT.`,
  );
}
