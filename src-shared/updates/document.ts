import * as v from "valibot";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { MAX_REASON_CHARS } from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import { type Bytes, KIB } from "../units.ts";

/** No document of the feed is longer: a reader refuses a target whose metadata claims more, before fetching a byte. */
export const MAX_DOCUMENT_BYTES: Bytes = 64 * KIB;

/** Numbers the documents of one ring or of one role from 1; the generation is in the delegation (`roles.ts`). */
export const Sequence = PositiveInteger;
export const Generation = PositiveInteger;
export const IssuedAt = NonNegativeInteger;
/** For people: why the document was signed. Shown as text, never as markup. */
export const Reason = v.pipe(v.string(), v.maxLength(MAX_REASON_CHARS));
export const Sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Reads a document whose hash the metadata has confirmed. Its author may still be a thief with the key of one ring. */
export function parseDocument<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): Result<T, "MALFORMED"> {
  if (bytes.length > MAX_DOCUMENT_BYTES) return err("MALFORMED");
  const json = parseStrictJson(bytes);
  if (!json.ok) return err("MALFORMED");
  const document = v.safeParse(schema, json.value);
  return document.success ? ok(document.output) : err("MALFORMED");
}
