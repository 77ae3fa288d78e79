import * as v from "valibot";
import { type Ring, RINGS } from "../license/index.ts";
import { MAX_HALTS } from "../limits.ts";
import { err, type Result } from "../result.ts";
import { BuildId } from "./build.ts";
import { IssuedAt, parseDocument, Reason, Sequence } from "./document.ts";

/** Stops one build. `seq`: the number of the document that halted it first, kept by every later one. */
export const Halt = v.object({ build: BuildId, seq: Sequence, issued: IssuedAt, reason: Reason });
export type Halt = v.InferOutput<typeof Halt>;

/** All builds that are stopped in one ring; numbered separately from the ring's releases. */
export const Halts = v.pipe(
  v.object({
    v: v.literal(2),
    ring: v.picklist(RINGS),
    seq: Sequence,
    halts: v.pipe(v.array(Halt), v.maxLength(MAX_HALTS)),
  }),
  v.check(({ seq, halts }) => halts.every((halt) => halt.seq <= seq)),
  v.check(({ halts }) => new Set(halts.map(({ build }) => build)).size === halts.length),
);
export type Halts = v.InferOutput<typeof Halts>;

export const haltPath = (ring: Ring) => `halts/${ring}/halt.json`;

/** Reads the attacker-controlled `halts/<ring>/halt.json`. `WRONG_RING`: it was signed for another ring. */
export function parseHalts(bytes: Uint8Array, ring: Ring): Result<Halts, "MALFORMED" | "WRONG_RING"> {
  const halts = parseDocument(Halts, bytes);
  return halts.ok && halts.value.ring !== ring ? err("WRONG_RING") : halts;
}

/** The name under which the ledger remembers that a build was halted in a ring. */
export const haltedName = (ring: Ring, build: BuildId) => `${ring}/${build}`;
