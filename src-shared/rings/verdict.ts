import * as v from "valibot";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { RINGS } from "../license/index.ts";
import { err, ok, type Result } from "../result.ts";
import { type Bytes, KIB } from "../units.ts";
import { BuildId, Sha256Hex } from "../updates/index.ts";

/** No verdict is longer: its evidence stands elsewhere, by hash. */
export const MAX_VERDICT_BYTES: Bytes = 256 * KIB;

/** What the gate of a ring found about a build. Members that say on what evidence are kept by whoever made it. */
export const Verdict = v.object({
  v: v.literal(1),
  /** The ring in which the build was watched. */
  ring: v.picklist(RINGS),
  build: BuildId,
  /** `inconclusive` extends the watch; it promotes nothing. */
  verdict: v.picklist(["pass", "fail", "inconclusive"]),
  /** Of the policy that the gate decided by. */
  policyHash: Sha256Hex,
});
export type Verdict = v.InferOutput<typeof Verdict>;

/** Reads a verdict file. `MALFORMED`: not one of ours. */
export function parseVerdict(bytes: Uint8Array): Result<Verdict, "MALFORMED"> {
  return parse(Verdict, bytes);
}

/**
 * `rings/<ring>/validated.json`: the ring's own keys say that a build passed there. It names the verdict by its hash and
 * holds nothing else of it, for the feed is public.
 */
export const Validation = v.object({
  v: v.literal(1),
  ring: v.picklist(RINGS),
  build: BuildId,
  verdictHash: Sha256Hex,
  policyHash: Sha256Hex,
  issued: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
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
