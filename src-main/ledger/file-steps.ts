import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { codeOf, removeFile, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";

/** The individual steps of writing a sealed file, so that tests can make each of them fail. */
export type FileSteps = {
  /** `null`: there is no such file. */
  readonly read: (path: string) => Promise<Buffer | null>;
  readonly isFolder: (path: string) => Promise<boolean>;
  readonly makeFolder: (path: string) => Promise<void>;
  /** The names in the folder. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** Creates a file that does not exist: no link is followed, and nothing is overwritten. */
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
  list: (path) => readdir(path),
  create: (path) => open(path, "wx", 0o600),
  write: (file, content) => file.writeFile(content),
  sync: (file) => file.sync(),
  close: (file) => file.close(),
  rename: renameFile,
  syncFolder,
  remove: (path) => removeFile(path),
};

/**
 * Replaces a file so that a crash at any step leaves either the old or the new one. The caller is the only writer, so
 * every temporary file of another name was left by a crash, and is removed. The names are random: on a stick, somebody
 * could have put a link there. Throws fs errors.
 */
export async function replaceFile(steps: FileSteps, folder: string, path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  await steps.makeFolder(folder);
  const leftovers = (await steps.list(folder)).filter((name) => isTemporary(name, basename(path)));
  await Promise.allSettled(leftovers.map((name) => steps.remove(join(folder, name))));
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

function isTemporary(name: string, of: string): boolean {
  return name.startsWith(`${of}.`) && /^[0-9a-f]{12}\.new$/.test(name.slice(of.length + 1));
}
