import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import { IssuedAt, Reason, Sha256Hex } from "./document.ts";

// A later publisher may add names: the app does not need them, and must accept unknown ones.
const Name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/));
const Count = NonNegativeInteger;

/** The result of the gates, as far as it is public: the evidence is stored elsewhere, identified by its hash. */
export const JudgedVerdict = v.object({
  outcome: Name,
  /** When it was determined, and since when the build had been observed. */
  at: IssuedAt,
  since: IssuedAt,
  /** The gates that had not passed. */
  open: v.pipe(v.array(Name), v.maxLength(40)),
  evidenceHash: Sha256Hex,
  /** What counted for the build until then, of this ring and those before: the next ring begins with it. */
  exposure: v.optional(
    v.object({
      operations: Count,
      failed: Count,
      attempts: Count,
      attemptsFailed: Count,
      starts: Count,
      slowStarts: Count,
      verdicts: Count,
      slowVerdicts: Count,
    }),
  ),
});
export type JudgedVerdict = v.InferOutput<typeof JudgedVerdict>;

/**
 * The evidence on which people gave the build to a ring. Installations do not evaluate it: `vaultctl` does, before it
 * is signed.
 */
export const Promotion = v.object({
  /** Since when the ring runs this build on this share of its machines. */
  at: IssuedAt,
  verdict: v.optional(JudgedVerdict),
  /** The hash of the filled checklist with which people approved. */
  checklistHash: v.optional(Sha256Hex),
  /** How many pilots had a signed agreement, and the hash over these agreements. */
  pilots: v.optional(v.object({ count: Count, agreementsHash: Sha256Hex })),
  /** A hotfix: which one, and where its observation time is shorter. */
  lane: v.optional(Name),
  /** Refusals that the signers have overridden, each with their reason. */
  overrides: v.pipe(v.array(v.object({ code: Name, reason: Reason })), v.maxLength(10)),
});
export type Promotion = v.InferOutput<typeof Promotion>;
