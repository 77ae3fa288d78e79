import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { codeOf, syncFolder } from "../../src-shared/node/atomic-files.ts";

/** The individual steps of writing a sealed file, so that tests can make each of them fail. */
export type FileSteps = {
  /** `null`: there is no such file. */
  readonly read: (path: string) => Promise<Buffer | null>;
  readonly isFolder: (path: string) => Promise<boolean>;
  readonly makeFolder: (path: string) => Promise<void>;
  readonly create: (path: string) => Promise<FileHandle>;
  readonly write: (file: FileHandle, content: string) => Promise<void>;
  readonly sync: (file: FileHandle) => Promise<void>;
  readonly close: (file: FileHandle) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly syncFolder: (path: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
};

export const nodeFileSteps: FileSteps = {
  async read(path) {
    try {
      return await readFile(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      return null;
    }
  },
  async isFolder(path) {
    try {
      return (await stat(path)).isDirectory();
    } catch (error) {
      if (codeOf(error) === "") throw error;
      return false;
    }
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  create: (path) => open(path, "w", 0o600),
  write: (file, content) => file.writeFile(content),
  sync: (file) => file.sync(),
  close: (file) => file.close(),
  rename,
  syncFolder,
  remove: (path) => rm(path, { force: true }),
};

/**
 * Replaces a file so that a crash at any step leaves either the old or the new one. The caller is the only writer, so
 * the temporary file always has the same name: what a crash leaves behind is overwritten by the next write. Throws fs
 * errors.
 */
export async function replaceFile(steps: FileSteps, folder: string, path: string, content: string): Promise<void> {
  const temporary = `${path}.new`;
  await steps.makeFolder(folder);
  try {
    const file = await steps.create(temporary);
    try {
      await steps.write(file, content);
      await steps.sync(file);
    } finally {
      await steps.close(file);
    }
    await steps.rename(temporary, path);
  } catch (error) {
    // Frees the space on a full disk. The first error is the one to report.
    await Promise.allSettled([steps.remove(temporary)]);
    throw error;
  }
  await steps.syncFolder(folder);
}
