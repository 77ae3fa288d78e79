import { createHash } from "node:crypto";
import { appendFileSync, copyFileSync } from "node:fs";
import { MIB } from "../../../src-shared/units.ts";
import { HARBOUR } from "./publisher-fixture.ts";

/** Writes a playable mp4 of a given size: the test clip, followed by a `free` box (ISO/IEC 14496-12 section 8.1.2) of
 * incompressible bytes. Packing it takes long enough to be interrupted.
 */
export function writeBigVideo(path: string, mebibytes: number, seed: string): void {
  copyFileSync(HARBOUR, path);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + mebibytes * MIB);
  header.write("free", 4, "latin1");
  appendFileSync(path, header);
  for (let i = 0; i < mebibytes; i++) appendFileSync(path, noise(`${seed} ${i}`));
}

/** One mebibyte that depends only on the seed. */
export function noise(seed: string): Buffer {
  return createHash("shake256", { outputLength: MIB }).update(seed).digest();
}
