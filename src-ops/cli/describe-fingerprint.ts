import type { Agreement, LicenseClaims } from "../../src-shared/license/index.ts";

/** How a drive compares with the one of the license; nothing where there is nothing to compare. */
export function describeDrive(drive: Agreement<string>): string[] {
  const told = Object.entries(drive).filter(([, agrees]) => agrees !== null);
  if (told.length === 0) return [];
  return [
    `The drive: ${told.map(([kind, agrees]) => `${kind} ${agrees === true ? "as licensed" : "another"}`).join(", ")}`,
  ];
}

/** Which kinds of mark a license has beside its ids. */
export function fingerprintParts(bind: LicenseClaims["bind"]): { readonly device: string[]; readonly stick: string[] } {
  const device = bind.mode === "stick" ? {} : (bind.deviceMarks ?? {});
  return { device: Object.keys(device), stick: Object.keys(bind.stickMarks ?? {}) };
}
