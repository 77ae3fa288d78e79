import { createHash } from "node:crypto";
import * as v from "valibot";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { Bytes, UnixSeconds } from "../../src-shared/units.ts";
import { Line, type RegisterEntry } from "./entries.ts";

/** The value of `prev` in the first line. */
export const CHAIN_START = toBase64url(new Uint8Array(32));

export type Chain = {
  readonly entries: readonly RegisterEntry[];
  /** When each was entered. */
  readonly times: readonly UnixSeconds[];
  /** The hash of each line, in order. */
  readonly hashes: readonly string[];
  /** The size of the lines, line ends included. */
  readonly bytes: Bytes;
  /** The text does not end with a line end: its last line was not finished, or was cut. */
  readonly torn: boolean;
  /** The first line (from 1) that does not match the chain; the lines after it were not read. */
  readonly brokenAt: number | undefined;
};

/** Verifies the hash chain of a register: each line holds the hash of the one before. */
export function followChain(text: string): Chain {
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  const entries: RegisterEntry[] = [];
  const times: UnixSeconds[] = [];
  const hashes: string[] = [];
  let bytes = 0;
  for (const [index, content] of lines.entries()) {
    const line = parseLine(content);
    if (!line || line.n !== index || line.prev !== (hashes.at(-1) ?? CHAIN_START)) {
      return { entries, times, hashes, bytes, torn, brokenAt: index + 1 };
    }
    entries.push(line.entry);
    times.push(line.at);
    hashes.push(hashOf(content));
    bytes += Buffer.byteLength(content) + 1;
  }
  return { entries, times, hashes, bytes, torn, brokenAt: undefined };
}

export function formatLine(line: Line): string {
  return JSON.stringify(line);
}

export function hashOf(line: string): string {
  return toBase64url(createHash("sha256").update(line).digest());
}

function parseLine(text: string): Line | undefined {
  const json = parseStrictJson(utf8(text));
  const line = v.safeParse(Line, json.ok ? json.value : undefined);
  return line.success ? line.output : undefined;
}
