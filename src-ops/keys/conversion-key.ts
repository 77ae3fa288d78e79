import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { CONVERSIONS, conversionKeyPath } from "./key-folder.ts";
import { readPrivateFile, unlockFolder, writePrivateFile } from "./protection/index.ts";

/** The key of converted films that an interrupted run leaves; `undefined`: there is none. */
export function loadConversionKey(folder: string): Promise<Attempt<Uint8Array | undefined>> {
  return readPrivateFile(conversionKeyPath(folder), CONVERSIONS, folder);
}

export async function saveConversionKey(folder: string, key: Uint8Array): Promise<Attempt<undefined>> {
  const folderKey = await unlockFolder(folder);
  if (!folderKey.ok) return folderKey;
  await writePrivateFile(conversionKeyPath(folder), CONVERSIONS, key, folderKey.value);
  return ok(undefined);
}
