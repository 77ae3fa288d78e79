import { err, ok, type Result } from "../result.ts";
import { fromUtf8 } from "./text.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type StrictJsonError = "NOT_UTF8" | "NOT_JSON" | "DUPLICATE_NAME" | "FORBIDDEN_NAME";

const MAX_DEPTH = 32;

/**
 * Parses attacker-controlled JSON so that it has only one meaning: strict UTF-8 without a byte order mark, no duplicate
 * member names (RFC 8259 section 4 leaves them undefined), no `__proto__`, at most 32 levels.
 */
export function parseStrictJson(bytes: Uint8Array): Result<Json, StrictJsonError> {
  const text = fromUtf8(bytes);
  if (text === undefined) return err("NOT_UTF8");
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return err("NOT_JSON");
    throw error;
  }
  const fault = findNameFault(text);
  return fault ? err(fault) : ok(parsed);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

// The text is known to be valid JSON here, so a simple scan is sufficient: it follows strings, objects and arrays, and
// keeps the names seen in each open object. Names are compared after unescaping: "a" and "\u0061" are the same member.
// Most objects of telemetry have one name: a set is made only for the second.
function findNameFault(text: string): StrictJsonError | undefined {
  const open: (Set<string> | string | undefined)[] = [];
  const isObject: boolean[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      isObject.push(char === OPEN_BRACE);
      open.push(undefined);
      if (open.length > MAX_DEPTH) return "NOT_JSON";
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
      isObject.pop();
      open.pop();
    } else if (char === QUOTE) {
      const end = endOfString(text, at);
      if (isObject.at(-1) === true && isFollowedByColon(text, end + 1)) {
        const raw = text.slice(at + 1, end);
        const name = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
        if (name === "__proto__") return "FORBIDDEN_NAME";
        const names = withName(open.at(-1), name);
        if (names === undefined) return "DUPLICATE_NAME";
        open[open.length - 1] = names;
      }
      at = end;
    }
  }
  return undefined;
}

/** The names of an object with one more; `undefined`: the name is a duplicate. */
function withName(names: Set<string> | string | undefined, name: string): Set<string> | string | undefined {
  if (names === undefined) return name;
  if (typeof names === "string") return names === name ? undefined : new Set([names, name]);
  return names.has(name) ? undefined : names.add(name);
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

// A quote is part of the string if it follows an odd number of backslashes.
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (at - 1 - before) % 2 === 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text.charCodeAt(at) === COLON;
}
