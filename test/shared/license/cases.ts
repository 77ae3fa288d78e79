import { EMPTY_LEDGER, type LedgerHead } from "../../../src-shared/ledger/index.ts";
import { judgeLicense, type LicenseVerdict, type Surroundings } from "../../../src-shared/license/index.ts";
import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import { ROOTS, SURROUNDINGS } from "../../fakes/issuer.ts";

/** The verdict on a text when everything else is good. */
export function judge(
  text: string,
  {
    here = {},
    head = {},
    roots = ROOTS,
  }: { here?: Partial<Surroundings>; head?: Partial<LedgerHead>; roots?: TrustRoots } = {},
): LicenseVerdict {
  return judgeLicense(text, roots, { ...EMPTY_LEDGER, ...head }, { ...SURROUNDINGS, ...here });
}

/** The token with one segment (0 header, 1 payload, 2 signature) changed. */
export function withSegment(token: string, at: 0 | 1 | 2, change: (segment: string) => string): string {
  return token
    .split(".")
    .map((segment, i) => (i === at ? change(segment) : segment))
    .join(".");
}

/** Base64url whose bytes are changed, in canonical form. */
export function changeBytes(segment: string, change: (bytes: Buffer) => Uint8Array): string {
  return Buffer.from(change(Buffer.from(segment, "base64url"))).toString("base64url");
}

/** One bit of base64url flipped, in canonical form. */
export function flipBit(segment: string, bit: number): string {
  return changeBytes(segment, (bytes) => {
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    return bytes;
  });
}
