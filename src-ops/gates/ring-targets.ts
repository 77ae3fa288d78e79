import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { Sha256Hex } from "../../src-shared/updates/index.ts";

/** The pilot agreement that a client has signed: its hash, and the day. */
const Agreement = v.strictObject({ sha256: Sha256Hex, signed: v.pipe(v.string(), v.isoDate()) });

const Target = v.strictObject({
  hostname: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/)),
  type: v.picklist(["internal", "client"]),
  agreement: v.optional(Agreement),
});

const RingTarget = v.strictObject({
  /** Whether the ring's current build has passed there: copied from the signed feed, never the reverse. */
  validated: v.boolean(),
  targets: v.pipe(v.array(Target), v.maxLength(10_000)),
});

const RingTargetsFile = v.strictObject({
  rings: v.strictObject({ ring0: RingTarget, ring1: RingTarget, ga: RingTarget }),
});

/** `ring-targets.json`: which machines belong to which ring, and which rings are validated. */
export type RingTargets = v.InferOutput<typeof RingTargetsFile>;

/** Reads `ring-targets.json`. `MALFORMED`: another format, or a machine that is listed twice. */
export function parseRingTargets(bytes: Uint8Array): Result<RingTargets, "MALFORMED"> {
  const json = parseStrictJson(bytes);
  const file = v.safeParse(RingTargetsFile, json.ok ? json.value : undefined);
  if (!file.success) return err("MALFORMED");
  const names = RINGS.flatMap((ring) => file.output.rings[ring].targets.map(({ hostname }) => hostname.toLowerCase()));
  return new Set(names).size === names.length ? ok(file.output) : err("MALFORMED");
}

/** The same machines with new `validated` values. */
export function withValidated({ rings }: RingTargets, validated: Readonly<Record<Ring, boolean>>): RingTargets {
  const marked = (ring: Ring) => ({ validated: validated[ring], targets: rings[ring].targets });
  return { rings: { ring0: marked("ring0"), ring1: marked("ring1"), ga: marked("ga") } };
}

export const NO_RING_TARGETS: RingTargets = {
  rings: {
    ring0: { validated: false, targets: [] },
    ring1: { validated: false, targets: [] },
    ga: { validated: false, targets: [] },
  },
};
