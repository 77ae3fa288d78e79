import { lstat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { PackProblem } from "../../src-shared/ipc/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { dataFolder } from "../../src-shared/node/vault-sweep.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, KIB, MIB } from "../../src-shared/units.ts";
import { partName } from "../../src-shared/vault/index.ts";
import type { OpenPack } from "./read-pack.ts";

// The unused ends of clusters, which are 32 KiB on a large FAT32 stick, and what the two manifests take.
const EXTRA_PER_PART: Bytes = 64 * KIB;
const EXTRA_IN_TOTAL: Bytes = MIB;

/** Whether the stick has every file that the pack does not bring. */
export async function checkRest({ manifest, header }: OpenPack, root: string): Promise<Result<undefined, PackProblem>> {
  const brought = new Set(header.claims.files);
  for (const { id, parts } of manifest.claims.files) {
    if (brought.has(id)) continue;
    for (const [index, { size }] of parts.entries()) {
      if ((await sizeOf(join(dataFolder(root, id), partName(index)))) !== size) return err("PACK_NOT_WHOLE");
    }
  }
  return ok(undefined);
}

async function sizeOf(path: string): Promise<Bytes | undefined> {
  try {
    const status = await lstat(path);
    return status.isFile() ? status.size : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Whether this many bytes in this many parts still fit. Some file systems do not report their size. */
export async function hasSpace(root: string, bytes: Bytes, parts: number, { header }: OpenPack): Promise<boolean> {
  const { bavail, bsize, blocks } = await statfs(root);
  const { manifest, catalog } = header.claims;
  const needed = bytes + parts * EXTRA_PER_PART + manifest.size + catalog.size + EXTRA_IN_TOTAL;
  return blocks === 0 || needed <= bavail * bsize;
}
