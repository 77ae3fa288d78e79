import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { codeOf, removeFolder } from "../../src-shared/node/atomic-files.ts";
import type { ListedFile } from "../../src-shared/updates/index.ts";

/** The downloaded files that wait for installation: one folder for each hash. */
export type PendingFiles = {
  readonly pathOf: (file: ListedFile) => string;
  /** Removes every waiting file except this one. */
  readonly keepOnly: (file: ListedFile | undefined) => Promise<void>;
};

export function openPendingFiles(folder: string): PendingFiles {
  return {
    pathOf: (file) => join(folder, file.sha256, basename(file.path)),
    async keepOnly(file) {
      const names = await readdir(folder).catch(expectAbsence);
      const others = names.filter((name) => name !== file?.sha256).map((name) => join(folder, name));
      // Partial files of an interrupted download.
      const parts = file ? await readdir(join(folder, file.sha256)).catch(expectAbsence) : [];
      const half = parts.filter((name) => name.endsWith(".part")).map((name) => join(folder, file?.sha256 ?? "", name));
      await Promise.all([...others, ...half].map((path) => removeFolder(path)));
    },
  };
}

function expectAbsence(error: unknown): string[] {
  if (codeOf(error) === "") throw error;
  return [];
}
