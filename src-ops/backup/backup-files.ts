import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { syncFolder } from "../../src-shared/node/atomic-files.ts";
import { openPlainFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { fencePath, PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE } from "../keys/index.ts";
import type { BackupClaims } from "./backup-manifest.ts";

export type BackupFile = BackupClaims["files"][number];

// What belongs to running or interrupted commands, or can be made again.
const LEFT_OUT =
  /^(?:converted|converting-[^/]*|private\/locks|private\/unlocked\.json)(?:\/|$)|(?:^|\/)\.[^/]+$|(?:^|\/)\.[^/]+\//;

/**
 * The files of a key folder that belong in a backup, by their relative paths. A link or another special file is refused: a
 * backup that silently lacks something is worse than none. LINK_REFUSED.
 */
export async function filesToBackUp(folder: string): Promise<Attempt<readonly string[]>> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(join(folder, "/").length).replaceAll("\\", "/");
    if (LEFT_OUT.test(path) || full === fencePath(folder) || entry.isDirectory()) continue;
    if (!entry.isFile()) return fail("LINK_REFUSED", `${full} is not a plain file: replace it by the file itself.`);
    paths.push(path);
  }
  return ok(paths.toSorted());
}

/** Copies files durably into a new folder, and says what each of them contains. */
export async function copyFiles(from: string, to: string, paths: readonly string[]): Promise<readonly BackupFile[]> {
  const files: BackupFile[] = [];
  for (const path of paths) {
    const content = await readFile(join(from, path));
    await mkdir(join(to, dirname(path)), { recursive: true, mode: PRIVATE_FOLDER_MODE });
    const file = await open(join(to, path), "wx", path.startsWith("public/") ? 0o644 : PRIVATE_FILE_MODE);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    files.push({ path, bytes: content.length, sha256: hashOf(content) });
  }
  for (const folder of new Set(paths.flatMap(foldersAbove))) await syncFolder(join(to, folder));
  return files;
}

// `.`, `sticks` and `sticks/ID` for a file in the last: a new folder is durable when the one above it is synced.
function foldersAbove(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === "." ? [parent] : [...foldersAbove(parent), parent];
}

/** Every difference between the files of a folder and their manifest, one sentence each. */
export async function findDifferences(folder: string, { files }: BackupClaims): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { path, bytes, sha256 } of files) {
    const content = await readPlain(join(folder, path));
    if (!content) faults.push(`${path} is missing or cannot be read`);
    else if (content.length !== bytes || hashOf(content) !== sha256) faults.push(`${path} is not what was backed up`);
  }
  const known = new Set(files.map(({ path }) => path));
  const there = await readdir(folder, { recursive: true, withFileTypes: true });
  const extra = there
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length).replaceAll("\\", "/"))
    .filter((path) => !known.has(path));
  return [...faults, ...extra.map((path) => `${path} does not belong to the backup`)];
}

async function readPlain(path: string): Promise<Buffer | undefined> {
  try {
    const file = await openPlainFile(path);
    if (!file) return undefined;
    try {
      return await file.handle.readFile();
    } finally {
      await file.handle.close();
    }
  } catch (error) {
    // Whatever the disk says: the file is not there.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

function hashOf(content: Uint8Array): string {
  return toBase64url(createHash("sha256").update(content).digest());
}
