import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import { IssuedAt, Reason, Sha256Hex } from "./document.ts";

// Names that a later publisher may add to: an app does not ask for them, and must not stumble over a new one.
const Name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/));
const Count = NonNegativeInteger;

/** What the gate found, as far as everybody may know it: its evidence stands elsewhere, by hash. */
export const JudgedVerdict = v.object({
  outcome: Name,
  /** When it was found, and since when the build had been watched. */
  at: IssuedAt,
  since: IssuedAt,
  /** The gates that had not passed. */
  open: v.pipe(v.array(Name), v.maxLength(40)),
  evidenceHash: Sha256Hex,
});
export type JudgedVerdict = v.InferOutput<typeof JudgedVerdict>;

/** On what grounds people let a ring have its build. Installs do not judge it: `vaultctl` does, before it is signed. */
export const Promotion = v.object({
  /** Since when the ring runs this build for this share of its machines. */
  at: IssuedAt,
  verdict: v.optional(JudgedVerdict),
  /** Of the filled checklist, by which people said go. */
  checklistHash: v.optional(Sha256Hex),
  /** How many pilots had a signed agreement, and the hash over these. */
  pilots: v.optional(v.object({ count: Count, agreementsHash: Sha256Hex })),
  /** A hotfix: which one, where it is watched for less time. */
  lane: v.optional(Name),
  /** Refusals that the signers have set aside, each with their reason. */
  overrides: v.pipe(v.array(v.object({ code: Name, reason: Reason })), v.maxLength(10)),
});
export type Promotion = v.InferOutput<typeof Promotion>;
