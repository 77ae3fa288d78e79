import { crc32 } from "node:zlib";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { parseTelemetryEvent, type TelemetryEvent } from "../../src-shared/telemetry/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

/** Security events and feedback are dropped last when there is no room: their lane sorts before the other one. */
export type Lane = "a" | "b";

/**
 * The content of a segment's name. `born` is a signed time that had passed when it was created, 0 if none was known.
 */
export type SegmentId = { readonly number: number; readonly born: UnixSeconds; readonly lane: Lane };

const NAME = /^(\d{12})\.(\d{1,11})\.([ab])\.seg$/;
const LINE_END = 0x0a;

export function segmentName({ number, born, lane }: SegmentId): string {
  return `${String(number).padStart(12, "0")}.${born}.${lane}.seg`;
}

/** `undefined`: not a segment of ours. */
export function parseSegmentName(name: string): SegmentId | undefined {
  const [, number, born, lane] = NAME.exec(name) ?? [];
  return number === undefined ? undefined : { number: Number(number), born: Number(born), lane: lane as Lane };
}

export function laneOf({ kind }: TelemetryEvent): Lane {
  return kind === "session" || kind === "update" ? "b" : "a";
}

/** One line: CRC-32 in hex, a space, the event as JSON. */
export function lineOfEvent(event: TelemetryEvent): Buffer {
  const json = Buffer.from(JSON.stringify(event));
  return Buffer.concat([utf8(`${sumOf(json)} `), json, utf8("\n")]);
}

export type SegmentContent = { readonly events: readonly TelemetryEvent[]; readonly corrupted: number };

/** The events of a segment. Incomplete or corrupted lines are counted, and the lines after them are read. */
export function parseSegment(content: Buffer): SegmentContent {
  const events: TelemetryEvent[] = [];
  let corrupted = 0;
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(LINE_END, start);
    const line = content.subarray(start, end < 0 ? content.length : end);
    const event = end < 0 ? undefined : parseLine(line);
    // The last line without a line break was never acknowledged as written: nothing is lost with it.
    if (event) events.push(event);
    else if (end >= 0) corrupted++;
    start = end < 0 ? content.length : end + 1;
  }
  return { events, corrupted };
}

function parseLine(line: Buffer): TelemetryEvent | undefined {
  const json = line.subarray(9);
  if (line.subarray(0, 9).toString("latin1") !== `${sumOf(json)} `) return undefined;
  const parsed = parseStrictJson(json);
  const event = parsed.ok ? parseTelemetryEvent(parsed.value) : parsed;
  return event.ok ? event.value : undefined;
}

function sumOf(json: Uint8Array): string {
  return crc32(json).toString(16).padStart(8, "0");
}
