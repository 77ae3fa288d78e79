import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fromUtf8 } from "../../../src-shared/encoding/text.ts";
import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import { isForeignFolder, readForeignFile } from "../../../src-shared/node/foreign-files.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { exists } from "../../paths.ts";
import type { PartFault, ReadBack } from "../hashing/index.ts";
import { APP_FOLDER, APP_LIST, APP_LIST_PROFILE, type AppListClaims, parseAppList } from "./app-list.ts";

/** The packages of the app on a stick, as far as they are as they were signed. Paths are from the stick's root. */
export type AppReport = {
  readonly version: string | undefined;
  readonly bytes: Bytes;
  /** `UNTRUSTED`: the list is missing, or no trusted key has signed it. */
  readonly faults: readonly { readonly path: string; readonly fault: PartFault | "UNTRUSTED" }[];
  readonly extras: readonly string[];
};

/** Checks the packages of the app byte for byte. `undefined`: the stick has none. */
export async function checkApp(
  root: string,
  roots: TrustRoots,
  readBack: ReadBack,
  signal: AbortSignal,
): Promise<AppReport | undefined> {
  if (!(await exists(join(root, APP_FOLDER)))) return undefined;
  if (!(await isForeignFolder(root, [APP_FOLDER]))) return untrusted(APP_FOLDER);
  const names = await readdir(join(root, APP_FOLDER));
  const list = await readAppList(root, roots);
  if (!list) return untrusted(pathOf(APP_LIST));
  const faults: { path: string; fault: PartFault }[] = [];
  for (const file of list.files) {
    signal.throwIfAborted();
    const fault = await readBack.check(join(root, APP_FOLDER, file.name), file);
    if (fault) faults.push({ path: pathOf(file.name), fault });
  }
  const known = new Set([APP_LIST, ...list.files.map(({ name }) => name)]);
  return {
    version: list.version,
    bytes: list.files.reduce((sum, { size }) => sum + size, 0),
    faults,
    extras: names
      .filter((name) => !known.has(name))
      .map(pathOf)
      .toSorted(),
  };
}

/** The signed list on a stick; `undefined`: there is none that a trusted key has signed. */
export async function readAppList(root: string, roots: TrustRoots): Promise<AppListClaims | undefined> {
  const bytes = await readForeignFile(root, [APP_FOLDER, APP_LIST], APP_LIST_PROFILE.maxBytes);
  const token = bytes && fromUtf8(bytes);
  const list = token === undefined ? undefined : parseAppList(token, roots);
  return list?.ok ? list.value : undefined;
}

function untrusted(path: string): AppReport {
  return { version: undefined, bytes: 0, faults: [{ path, fault: "UNTRUSTED" }], extras: [] };
}

const pathOf = (name: string) => `${APP_FOLDER}/${name}`;
