import * as v from "valibot";
import type { UnixMs } from "../units.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** UUID version 7 (RFC 9562): unique, and sorted by the time it was made. */
export const EventId = v.pipe(v.string(), v.regex(UUID_V7));

const RANDOM_BYTES = 10;
const LATEST_MS = 2 ** 48 - 1;

/** Makes a UUID version 7 from a time and 10 random bytes. A time outside the 48 bits is limited to their range. */
export function eventIdOf(at: UnixMs, random: Uint8Array): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError("an event id takes 10 random bytes");
  const time = hex(Math.min(Math.max(Math.trunc(at) || 0, 0), LATEST_MS), 12);
  const [first, second] = [((random[0] as number) << 8) | (random[1] as number), random[2] as number];
  const tail = Array.from(random.subarray(4), (byte) => hex(byte, 2)).join("");
  const variant = hex(0x80 | (second & 0x3f), 2) + hex(random[3] as number, 2);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(first & 0xfff, 3)}-${variant}-${tail}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
