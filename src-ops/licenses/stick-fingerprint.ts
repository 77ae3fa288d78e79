import { isSameDrive, type StickFingerprint } from "../../src-shared/license/index.ts";
import { hardwareOf } from "../../src-shared/node/hardware.ts";
import { stickFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";

/** What is known here of the drive that a vault lies on. `undefined`: it is no stick, but a folder somewhere. */
export async function readStickFingerprint(stick: string, stickId: string): Promise<StickFingerprint | undefined> {
  const drive = await hardwareOf(process.platform).drive(stick).whole;
  return drive.removable ? stickFingerprintOf(stickId, drive) : undefined;
}

/** The publisher's own reading, else what the request says. Two drives with one stick id are an image and its source. */
export function chooseStickFingerprint(
  read: StickFingerprint | undefined,
  asked: StickFingerprint | undefined,
  stick: string,
): Attempt<StickFingerprint | undefined> {
  if (!read || !asked || isSameDrive(read, asked)) return ok(read ?? asked);
  return fail(
    "REQUEST_MISMATCH",
    `The request comes from another drive than ${stick}, though both have the same stick id: one is an image of the other. Name the viewer's own stick, or a folder that holds its VAULT.`,
  );
}
