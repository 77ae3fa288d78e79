import { createHash } from "node:crypto";
import { type ArmorLabel, unarmor } from "../../src-shared/license/index.ts";

/**
 * SHA-256 (hex) by which a refused artefact is compared with the issued ones: of the token without its armour, so that
 * a document has the same hash however a mail program wrapped its lines.
 */
export function artefactHash(text: string, label?: ArmorLabel): string {
  const token = label === undefined ? undefined : unarmor(label, text);
  return createHash("sha256")
    .update(token?.ok ? token.value : text)
    .digest("hex");
}
