import type { Counter, SeenCounter } from "./ledger.ts";

// A hash is base64url of 32 bytes. No known payload has a hash of 43 dashes, nor one that begins with eleven.
const NO_PAYLOAD = "-".repeat(43);

/**
 * The entry of a returned license: its counter, and a hash that no license has. Thus this license and every older one
 * are behind the entry, and the next one that the publisher makes is not.
 */
export function returnedCounter({ generation, sequence }: Counter): SeenCounter {
  return { generation, sequence, payloadHash: NO_PAYLOAD };
}

/** Whether a counter marks a return, even if its hash was shortened for the keychain. */
export function isReturned(counter: Counter | SeenCounter): boolean {
  return "payloadHash" in counter && NO_PAYLOAD.startsWith(counter.payloadHash);
}
