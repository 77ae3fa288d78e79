import * as v from "valibot";
import { type Ring, RINGS } from "../license/index.ts";
import { err, type Result } from "../result.ts";
import { BuildId } from "./build.ts";
import { IssuedAt, parseDocument, Reason, Sequence } from "./document.ts";

/** Stops one named build in one ring; numbered separately from the ring's releases. */
export const Halt = v.object({
  v: v.literal(1),
  ring: v.picklist(RINGS),
  seq: Sequence,
  build: BuildId,
  issued: IssuedAt,
  reason: Reason,
});
export type Halt = v.InferOutput<typeof Halt>;

export const haltPath = (ring: Ring) => `halts/${ring}/halt.json`;

/** Reads the attacker-controlled `halts/<ring>/halt.json`. `WRONG_RING`: it was signed for another ring. */
export function parseHalt(bytes: Uint8Array, ring: Ring): Result<Halt, "MALFORMED" | "WRONG_RING"> {
  const halt = parseDocument(Halt, bytes);
  return halt.ok && halt.value.ring !== ring ? err("WRONG_RING") : halt;
}
