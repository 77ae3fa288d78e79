import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RINGS } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";
import { BuildId, JudgedVerdict, Sha256Hex } from "../../src-shared/updates/index.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";

/** No verdict is longer: its evidence stands elsewhere, by hash. */
export const MAX_VERDICT_BYTES: Bytes = 256 * KIB;

const VERDICTS = ["pass", "fail", "inconclusive"] as const;

const UnixMs = NonNegativeInteger;
const GateOutcome = v.object({
  gate: v.pipe(v.string(), v.regex(/^[a-z]{1,32}$/)),
  outcome: v.picklist(["pass", "hold", "fail", "halt"]),
});

/** What the gates of a ring found about a build. Members that say on what evidence are kept by whoever made it. */
export const Verdict = v.pipe(
  v.object({
    v: v.literal(1),
    /** The ring in which the build was watched. */
    ring: v.picklist(RINGS),
    build: BuildId,
    /** `inconclusive` extends the watch; it promotes nothing. */
    verdict: v.picklist(VERDICTS),
    /** Of the policy that the gates decided by. */
    policyHash: Sha256Hex,
    since: UnixMs,
    assessedAt: UnixMs,
    /** Over everything that the gates looked at. */
    evidenceHash: Sha256Hex,
    gates: v.pipe(v.array(GateOutcome), v.minLength(1), v.maxLength(40)),
  }),
  v.check(({ verdict, gates }) => verdict === sumOf(gates)),
);
export type Verdict = v.InferOutput<typeof Verdict>;

// What the sum says must follow from the gates: a word that was edited does not.
function sumOf(gates: readonly v.InferOutput<typeof GateOutcome>[]): (typeof VERDICTS)[number] {
  if (gates.some(({ outcome }) => outcome === "fail" || outcome === "halt")) return "fail";
  return gates.every(({ outcome }) => outcome === "pass") ? "pass" : "inconclusive";
}

/** What of a verdict is signed and public. */
export function judgedOf({ verdict, assessedAt, since, gates, evidenceHash }: Verdict): JudgedVerdict {
  return {
    outcome: verdict,
    at: Math.floor(assessedAt / 1_000),
    since: Math.floor(since / 1_000),
    open: gates.flatMap(({ gate, outcome }) => (outcome === "pass" ? [] : [gate])),
    evidenceHash,
  };
}

/** Reads a verdict file. `MALFORMED`: not one of ours. */
export function parseVerdict(bytes: Uint8Array): Result<Verdict, "MALFORMED"> {
  return parse(Verdict, bytes);
}

/**
 * `rings/<ring>/validated.json`: the ring's own keys say what the gates found about a build there. It names the verdict by
 * its hash and holds nothing of its evidence, for the feed is public.
 */
export const Validation = v.object({
  v: v.literal(1),
  ring: v.picklist(RINGS),
  build: BuildId,
  verdictHash: Sha256Hex,
  policyHash: Sha256Hex,
  /** Absent in documents of before the verdict was signed with it. */
  verdict: v.optional(JudgedVerdict),
  issued: NonNegativeInteger,
});
export type Validation = v.InferOutput<typeof Validation>;

export const validationPath = (ring: Validation["ring"]) => `rings/${ring}/validated.json`;

/** Reads a validation whose hash the ring's metadata has vouched for. */
export function parseValidation(bytes: Uint8Array): Result<Validation, "MALFORMED"> {
  return parse(Validation, bytes);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): Result<T, "MALFORMED"> {
  if (bytes.length > MAX_VERDICT_BYTES) return err("MALFORMED");
  const json = parseStrictJson(bytes);
  const parsed = v.safeParse(schema, json.ok ? json.value : undefined);
  return parsed.success ? ok(parsed.output) : err("MALFORMED");
}
