import { utf8 } from "../encoding/text.ts";
import type { BuildId } from "./build.ts";
import { EVERYONE } from "./release.ts";

/** SHA-256, passed in by the caller: the core has none of its own. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The bucket of an installation for one build, 0 to 9,999: stable, and different for each build. */
export function bucketOf(installId: string, build: BuildId, sha256: Sha256): number {
  const digest = sha256(utf8(`${installId}:${build}`));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) % EVERYONE;
}

/** Whether a bucket is within a share in basis points; an invalid share contains nobody. */
export function isInShare(bucket: number, basisPoints: number): boolean {
  const isShare = Number.isSafeInteger(basisPoints) && basisPoints >= 0 && basisPoints <= EVERYONE;
  return isShare && bucket < basisPoints;
}
