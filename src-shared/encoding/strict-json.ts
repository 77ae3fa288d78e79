import { err, ok, type Result } from "../result.ts";
import { fromUtf8 } from "./text.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type StrictJsonError = "NOT_UTF8" | "NOT_JSON" | "DUPLICATE_NAME" | "FORBIDDEN_NAME";

const MAX_DEPTH = 32;

/**
 * Parses attacker-controlled JSON so that it can mean one thing only: strict UTF-8 without a byte order mark, no
 * duplicate member names (RFC 8259 section 4 leaves them undefined), no `__proto__`, at most 32 levels.
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

// The text is known to be valid JSON here, so a light scan is enough: it follows strings, objects and arrays, and keeps
// the names seen in each open object. Names are compared after unescaping: "a" and "\u0061" are the same member.
function findNameFault(text: string): StrictJsonError | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        open.push(text[at] === "{" ? new Set() : undefined);
        if (open.length > MAX_DEPTH) return "NOT_JSON";
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const end = endOfString(text, at);
        const names = open.at(-1);
        if (names && isFollowedByColon(text, end + 1)) {
          const raw = text.slice(at + 1, end);
          const name = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
          if (name === "__proto__") return "FORBIDDEN_NAME";
          if (names.has(name)) return "DUPLICATE_NAME";
          names.add(name);
        }
        at = end;
        break;
      }
      default:
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at] === ":";
}
