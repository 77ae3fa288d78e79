import type { Agreement, LicenseClaims } from "../../src-shared/license/index.ts";

/** Describes how a drive compares with the drive of the license; empty if nothing can be compared. */
export function describeDrive(drive: Agreement<string>): string[] {
  const outcome = Object.entries(drive).filter(([, agrees]) => agrees !== null);
  if (outcome.length === 0) return [];
  return [
    `The drive: ${outcome.map(([kind, agrees]) => `${kind} ${agrees === true ? "matches" : "differs"}`).join(", ")}`,
  ];
}

/** The parts of the device and drive fingerprints in a license. */
export function fingerprintParts(bind: LicenseClaims["bind"]): { readonly device: string[]; readonly stick: string[] } {
  const device = bind.mode === "stick" ? {} : (bind.deviceMarks ?? {});
  return { device: Object.keys(device), stick: Object.keys(bind.stickMarks ?? {}) };
}
