import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { makeForeignFolder, requireForeignFolder } from "../../src-shared/node/foreign-files.ts";
import { dataFolder } from "../../src-shared/node/vault-sweep.ts";
import { ok } from "../../src-shared/result.ts";
import {
  DATA_FOLDER,
  type ManifestFile,
  type ManifestPart,
  partName,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Hasher, PartFault, ReadBack } from "./hashing/index.ts";
import { type Meter, metered } from "./meter.ts";
import { PartWriter } from "./part-writer.ts";
import { readSourceBlocks } from "./source-blocks.ts";
import { sourceOf } from "./source-file.ts";

export type CopyTools = {
  readonly readBack: ReadBack;
  readonly hasher: Hasher;
  readonly meter: Meter;
  readonly signal: AbortSignal;
};

/** Copies one encrypted file and reads the copy back. Refuses parts that do not match the manifest. */
export async function copyFile(
  from: string,
  to: string,
  file: ManifestFile,
  tools: CopyTools,
): Promise<Attempt<undefined>> {
  await makeForeignFolder(to, [VAULT_FOLDER, DATA_FOLDER, file.id]);
  await requireForeignFolder(from, [VAULT_FOLDER, DATA_FOLDER, file.id]);
  // All parts except the last have the same size.
  const partBytes = (file.parts[0] as ManifestPart).size;
  const checks: Promise<PartFault | undefined>[] = [];
  const writer = new PartWriter(dataFolder(to, file.id), partBytes, tools.hasher, (part) => {
    checks.push(tools.readBack.check(part.path, part));
  });
  try {
    for (const [index, part] of file.parts.entries()) {
      const path = join(dataFolder(from, file.id), partName(index));
      if (!(await lstat(path)).isFile()) return refuseSource(path);
      const source = await sourceOf(path);
      if (!source.ok) return source;
      if (source.value.size !== part.size) return refuseSource(source.value.path);
      tools.meter.startFile(`${file.id}/${partName(index)}`, part.size);
      const blocks = metered(readSourceBlocks(source.value, tools.signal), tools.meter);
      for await (const block of blocks) await writer.write(Uint8Array.from(block));
      tools.meter.endFile();
    }
    const written = await writer.finish();
    const changedPart = written.findIndex(({ sha256 }, index) => sha256 !== file.parts[index]?.sha256);
    if (changedPart >= 0) return refuseSource(join(dataFolder(from, file.id), partName(changedPart)));
    const fault = (await Promise.all(checks)).find((found) => found !== undefined);
    if (fault)
      return fail("READ_BACK_FAILED", `${to} does not store correctly what is written (${fault}): use another stick.`);
    return ok(undefined);
  } finally {
    await writer.abandon();
    await Promise.allSettled(checks);
  }
}

function refuseSource(path: string) {
  return fail(
    "VAULT_DAMAGED",
    `${path} does not match its manifest: copy from a stick that \`vaultctl verify\` accepts.`,
  );
}
