import type { Bytes } from "./units.ts";

export const NETWORK_ERRORS = [
  "UNREACHABLE",
  "REDIRECTED",
  // The proxy of this network demands a login that the system has not provided.
  "PROXY_LOGIN",
  // Another computer answers in place of the server.
  "CERTIFICATE_REFUSED",
  "CERTIFICATE_EXPIRED",
  // A captive portal answers in place of the server.
  "SIGN_IN_NEEDED",
] as const;
export type NetworkError = (typeof NETWORK_ERRORS)[number];

/** How much of a response must be read before `looksLikeWebPage` can tell. */
export const WEB_PAGE_START: Bytes = 64;

const WHITE_SPACE = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x20]);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const LESS_THAN = 0x3c;

/** Whether bytes begin like a web page, which none of our servers sends: the network itself has answered. */
export function looksLikeWebPage(start: Uint8Array): boolean {
  const skipped = BYTE_ORDER_MARK.every((byte, index) => start[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  return start.subarray(skipped, WEB_PAGE_START).find((byte) => !WHITE_SPACE.has(byte)) === LESS_THAN;
}
