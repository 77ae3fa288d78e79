import * as v from "valibot";
import type { Result } from "../result.ts";
import { BuildEpoch, BuildId } from "./build.ts";
import { Generation, parseDocument, Sequence } from "./document.ts";

/** What no ring may override: signed by the `targets` role itself. */
export const SecurityDocument = v.object({
  v: v.literal(1),
  seq: Sequence,
  /** No build with a lower `buildEpoch` is installed. */
  buildFloor: BuildEpoch,
  revokedBuilds: v.pipe(v.array(BuildId), v.maxLength(1000)),
  /** Halts of an earlier generation are void: their key was stolen. */
  haltGeneration: v.optional(Generation),
});
export type SecurityDocument = v.InferOutput<typeof SecurityDocument>;

export const SECURITY_PATH = "security.json";

/** Reads the attacker-controlled `security.json`. */
export function parseSecurity(bytes: Uint8Array): Result<SecurityDocument, "MALFORMED"> {
  return parseDocument(SecurityDocument, bytes);
}
