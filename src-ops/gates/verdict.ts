import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RINGS } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";
import { BuildId, JudgedVerdict, Sha256Hex } from "../../src-shared/updates/index.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";

/** The maximum size of a verdict; its evidence is in another file, referenced by its hash. */
export const MAX_VERDICT_BYTES: Bytes = 256 * KIB;

const VERDICTS = ["pass", "fail", "inconclusive"] as const;

const UnixMs = NonNegativeInteger;
const GateOutcome = v.object({
  gate: v.pipe(v.string(), v.regex(/^[a-z]{1,32}$/)),
  outcome: v.picklist(["pass", "hold", "fail", "halt"]),
});

/** The result of a ring's gates for a build. Only its producer keeps the members that describe the evidence. */
export const Verdict = v.pipe(
  v.object({
    v: v.literal(1),
    /** The ring in which the build was observed. */
    ring: v.picklist(RINGS),
    build: BuildId,
    /** `inconclusive` extends the observation; it does not allow a promotion. */
    verdict: v.picklist(VERDICTS),
    /** Of the policy that the gates used. */
    policyHash: Sha256Hex,
    since: UnixMs,
    assessedAt: UnixMs,
    /** Of the complete input of the gates. */
    evidenceHash: Sha256Hex,
    /** What counted for the build so far, for the next ring; absent in older verdicts. */
    exposure: JudgedVerdict.entries.exposure,
    gates: v.pipe(v.array(GateOutcome), v.minLength(1), v.maxLength(40)),
  }),
  v.check(({ verdict, gates }) => verdict === sumOf(gates)),
);
export type Verdict = v.InferOutput<typeof Verdict>;

// The verdict must follow from the gates, so that an edited verdict is refused.
function sumOf(gates: readonly v.InferOutput<typeof GateOutcome>[]): (typeof VERDICTS)[number] {
  if (gates.some(({ outcome }) => outcome === "fail" || outcome === "halt")) return "fail";
  return gates.every(({ outcome }) => outcome === "pass") ? "pass" : "inconclusive";
}

/** The part of a verdict that is signed and public. */
export function judgedOf({ verdict, assessedAt, since, gates, evidenceHash, exposure }: Verdict): JudgedVerdict {
  return {
    outcome: verdict,
    at: Math.floor(assessedAt / 1_000),
    since: Math.floor(since / 1_000),
    open: gates.flatMap(({ gate, outcome }) => (outcome === "pass" ? [] : [gate])),
    evidenceHash,
    ...(exposure === undefined ? {} : { exposure }),
  };
}

/** Reads a verdict file. `MALFORMED`: it is not a verdict. */
export function parseVerdict(bytes: Uint8Array): Result<Verdict, "MALFORMED"> {
  return parse(Verdict, bytes);
}

/** `rings/<ring>/validated.json`: the result of the gates for a build, signed with the ring's own keys. It names the
 * verdict by its hash and holds none of its evidence, because the feed is public.
 */
export const Validation = v.object({
  v: v.literal(1),
  ring: v.picklist(RINGS),
  build: BuildId,
  verdictHash: Sha256Hex,
  policyHash: Sha256Hex,
  /** Absent in older documents, which did not include the verdict. */
  verdict: v.optional(JudgedVerdict),
  issued: NonNegativeInteger,
});
export type Validation = v.InferOutput<typeof Validation>;

export const validationPath = (ring: Validation["ring"]) => `rings/${ring}/validated.json`;

/** Reads a validation whose hash was checked against the ring's metadata. */
export function parseValidation(bytes: Uint8Array): Result<Validation, "MALFORMED"> {
  return parse(Validation, bytes);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): Result<T, "MALFORMED"> {
  if (bytes.length > MAX_VERDICT_BYTES) return err("MALFORMED");
  const json = parseStrictJson(bytes);
  const parsed = v.safeParse(schema, json.ok ? json.value : undefined);
  return parsed.success ? ok(parsed.output) : err("MALFORMED");
}
