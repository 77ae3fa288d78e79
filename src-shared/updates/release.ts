import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import { type Ring, RINGS } from "../license/index.ts";
import { MAX_RESUMED, MAX_ROLLBACK_FROM } from "../limits.ts";
import { err, type Result } from "../result.ts";
import { BuildId, Version } from "./build.ts";
import { Generation, IssuedAt, parseDocument, Reason, Sequence, Sha256Hex } from "./document.ts";
import { Promotion } from "./promotion.ts";

export const RELEASE_KINDS = ["forward", "rollback", "resume"] as const;

/** The whole ring: 10,000 basis points. */
export const EVERYONE = 10_000;

const Flags = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/)), v.boolean()),
  v.check((flags) => Object.keys(flags).length <= 100),
);

/** A halt that the ring has lifted; it also covers every earlier halt of the same build. */
const HaltReference = v.object({ build: BuildId, generation: Generation, seq: Sequence });
export type HaltReference = v.InferOutput<typeof HaltReference>;

/** What one ring runs (docs/formats/update-feed.md). Unknown members are ignored; a new restriction raises `v`. */
export const Release = v.pipe(
  v.object({
    v: v.literal(1),
    ring: v.picklist(RINGS),
    seq: Sequence,
    kind: v.picklist(RELEASE_KINDS),
    build: BuildId,
    /** The builds from which a rollback may start; empty in every other kind. */
    from: v.pipe(v.array(BuildId), v.maxLength(MAX_ROLLBACK_FROM)),
    /** The previous stable build, for installations outside `basisPoints`. */
    fallback: v.nullable(BuildId),
    basisPoints: v.pipe(NonNegativeInteger, v.maxValue(EVERYONE)),
    /** Security: the share of `basisPoints` does not apply to it. */
    critical: v.boolean(),
    /** The oldest version that may be updated directly to `build`. */
    minSource: Version,
    issued: IssuedAt,
    reason: Reason,
    verdictHash: v.nullable(Sha256Hex),
    policyHash: v.nullable(Sha256Hex),
    /** Signed switches of the ring. A feature that is not named keeps its own default. */
    flags: Flags,
    /** The halts that the ring has lifted, one for each build. Every later document keeps them. */
    resumed: v.optional(v.pipe(v.array(HaltReference), v.maxLength(MAX_RESUMED))),
    /** The evidence on which people signed it. Installations do not check it. */
    promotion: v.optional(Promotion),
  }),
  v.check(({ kind, from, build, basisPoints }) =>
    kind === "rollback" ? from.length > 0 && !from.includes(build) && basisPoints === EVERYONE : from.length === 0,
  ),
  v.check(({ kind, resumed = [], build }) => kind !== "resume" || resumed.some((halt) => halt.build === build)),
  v.check(({ resumed = [] }) => new Set(resumed.map(({ build }) => build)).size === resumed.length),
);
export type Release = v.InferOutput<typeof Release>;

export const releasePath = (ring: Ring) => `rings/${ring}/release.json`;

/** Reads the attacker-controlled `rings/<ring>/release.json`. `WRONG_RING`: it was signed for another ring. */
export function parseRelease(bytes: Uint8Array, ring: Ring): Result<Release, "MALFORMED" | "WRONG_RING"> {
  const release = parseDocument(Release, bytes);
  return release.ok && release.value.ring !== ring ? err("WRONG_RING") : release;
}
