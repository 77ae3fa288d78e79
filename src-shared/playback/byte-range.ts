import type { Bytes } from "../units.ts";

/** The bytes of a file that a request asks for. `end` is inclusive, as in the header. */
export type ByteRange =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly start: Bytes; readonly end: Bytes }
  | { readonly kind: "unsatisfiable" };

const UNSATISFIABLE: ByteRange = { kind: "unsatisfiable" };

/**
 * Reads a `Range` header (RFC 9110 section 14.2), attacker-controlled. An open end means the end of the file and is
 * never shortened: Chromium seeks by it. Several ranges, other units and anything malformed are unsatisfiable, since a
 * whole file in response to a range would be mistaken for the range.
 */
export function parseByteRange(header: string | null, size: Bytes): ByteRange {
  if (header === null) return { kind: "whole" };
  const match = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header);
  if (!match) return UNSATISFIABLE;
  const [, first, last] = match as unknown as [string, string, string];
  if (first === "") return suffixRange(last, size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || start > end) return UNSATISFIABLE;
  return { kind: "part", start, end };
}

function suffixRange(digits: string, size: Bytes): ByteRange {
  const wanted = Number(digits);
  if (digits === "" || wanted === 0 || size === 0) return UNSATISFIABLE;
  return { kind: "part", start: Math.max(0, size - wanted), end: size - 1 };
}
