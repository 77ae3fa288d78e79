import * as v from "valibot";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";

/** Why a content pack is refused, or could not be written onto its stick. */
export const PACK_PROBLEMS = [
  "PACK_UNREADABLE",
  "PACK_TRUNCATED",
  "PACK_UNTRUSTED",
  "PACK_DAMAGED",
  "PACK_NO_STICK",
  "PACK_OTHER_STICK",
  "PACK_OLDER",
  "PACK_PRESENT",
  "PACK_NOT_WHOLE",
  "PACK_NO_SPACE",
  "PACK_READ_ONLY",
  "PACK_HELD",
  "PACK_REMOVED",
  "PACK_NOT_WRITTEN",
] as const;
export type PackProblem = (typeof PACK_PROBLEMS)[number];

/** A content pack that was dropped, chosen or opened. Only the latest one is shown. */
export const PackView = v.object({
  /** A later pack has another number. */
  id: PositiveInteger,
  /** What the stick is called that it is for; `null` if nothing in the file can be trusted. */
  label: v.nullable(v.string()),
  bytes: NonNegativeInteger,
  stage: v.picklist(["offered", "writing", "done", "refused"]),
  /** The bytes that are on the stick so far. */
  written: NonNegativeInteger,
  problem: v.nullable(v.picklist(PACK_PROBLEMS)),
});
export type PackView = v.InferOutput<typeof PackView>;
