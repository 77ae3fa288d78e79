import type { Counter, SeenCounter } from "./ledger.ts";

// A hash is base64url of 32 bytes: 43 dashes are that of no payload that anyone will find, nor are the first eleven.
const NO_PAYLOAD = "-".repeat(43);

/**
 * The entry of a license that was given back: its counter, and a hash that no license has. So this license and every
 * older one are behind it, and the next one the publisher makes is not.
 */
export function returnedCounter({ generation, sequence }: Counter): SeenCounter {
  return { generation, sequence, payloadHash: NO_PAYLOAD };
}

/** Whether a counter says so, also where its hash was cut short to fit the keychain. */
export function isReturned(counter: Counter | SeenCounter): boolean {
  return "payloadHash" in counter && NO_PAYLOAD.startsWith(counter.payloadHash);
}
