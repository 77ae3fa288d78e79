import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { cp, mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf, removeFolder, renameFile, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { PUBLIC_KEYS, TARGETS, verifyFeed, withFeedLock } from "../feed/index.ts";
import { exists } from "../paths.ts";
import { auditDecisions, backUpFile, openRingStore, RING_DATABASE } from "../server/index.ts";
import { copyConfiguration, proveConfiguration } from "./configuration-backup.ts";

/** What a whole backup is made from. */
export type BackupSources = { readonly data: string; readonly repo: string; readonly config: string };

/** A whole backup; `head` is that of the decision log in it. */
export type WholeBackup = { readonly folder: string; readonly decisions: number; readonly head: string };

const FEED = "feed";
const LIST = "SHA256SUMS";

/**
 * Copies the ring server's data, its configuration with the files that it names, and the feed into a new folder, which appears when it is complete. The
 * private keys are not in it: they have a backup of their own. The server may be running. FILE_EXISTS.
 */
export async function backUpAll({ data, repo, config }: BackupSources, folder: string): Promise<Attempt<WholeBackup>> {
  if (await exists(folder)) return fail("FILE_EXISTS", `${folder} already exists: name another folder with --to.`);
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const unfinished = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    const lines = await backUpFile(join(data, RING_DATABASE), join(unfinished, RING_DATABASE));
    for (const name of (await readdir(data)).filter(isToken)) await cp(join(data, name), join(unfinished, name));
    await copyConfiguration(config, unfinished);
    await copyTargets(repo, join(unfinished, FEED));
    // Under the feed's lock, so that it is the copy of one state. Only what is missing is copied, so a halt waits shortly.
    const copied = await withFeedLock(repo, async () => {
      await cp(repo, join(unfinished, FEED), { recursive: true, force: false, filter: isContent });
      return ok(undefined);
    });
    if (!copied.ok) return copied;
    const sums = await sumsOf(unfinished);
    await writeFileAtomic(
      join(unfinished, LIST),
      sums.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(""),
      0o600,
    );
    await renameFile(unfinished, folder);
    await syncFolder(dirname(folder));
    const { decisions, head } = await auditDecisions({ all: async () => lines });
    return ok({ folder, decisions: decisions.length, head });
  } finally {
    await removeFolder(unfinished);
  }
}

// Targets have their hash in their names, and never change: they are copied before, because builds are large.
async function copyTargets(repo: string, to: string): Promise<void> {
  try {
    await cp(join(repo, TARGETS), join(to, TARGETS), { recursive: true, filter: isContent });
  } catch (error) {
    // A command has removed a file that no state needs any more.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

// Not the lock, nor files that are still being written.
function isContent(path: string): boolean {
  const name = basename(path);
  return !name.startsWith(".feed.lock") && !/^\..*\.tmp$/.test(name);
}

function isToken(name: string): boolean {
  return name.endsWith("-token.txt");
}

/** What a restore of a backup has shown. */
export type Proof = {
  readonly files: number;
  readonly events: number;
  readonly feedFiles: number;
  /** The options of the configuration whose files could be read. */
  readonly configuration: readonly string[];
};

/**
 * Restores a backup into a temporary folder, and uses it: every file has its hash, the database opens and its decision log
 * is complete up to `head`, the feed is valid for every app, the configuration can be read. BACKUP_NOT_PROVED.
 */
export async function proveBackup(
  { folder, head }: WholeBackup,
  keys: string,
  now: UnixSeconds,
  signal: AbortSignal,
): Promise<Attempt<Proof>> {
  const temporary = await mkdtemp(join(tmpdir(), "uvv-restore-"));
  try {
    const restored = join(temporary, "backup");
    await cp(folder, restored, { recursive: true });
    const sums = await sumsOf(restored);
    const listed = await readSums(restored);
    const changed = listed.find(({ path, sha256 }) => !sums.some((sum) => sum.path === path && sum.sha256 === sha256));
    if (changed || sums.length !== listed.length)
      return notProved(folder, `${changed?.path ?? LIST} is not what was copied`);
    const store = await openRingStore({ data: restored }, "fail");
    if (!store.ok) return notProved(folder, store.error.message);
    try {
      const log = await auditDecisions(store.value.decisions);
      if (log.brokenAt !== undefined || log.head !== head) return notProved(folder, "its decision log is incomplete");
      const { events } = await store.value.rebuild();
      const verified = await verifyFeed(join(restored, FEED), join(keys, PUBLIC_KEYS), now, signal);
      if (!verified.ok) return notProved(folder, verified.error.message);
      const [fault] = verified.value.faults;
      if (fault !== undefined) return notProved(folder, `its feed: ${fault}`);
      const configuration = await proveConfiguration(restored);
      if (!configuration.ok) return notProved(folder, configuration.error.message);
      return ok({
        files: sums.length,
        events,
        feedFiles: verified.value.files,
        configuration: configuration.value,
      });
    } finally {
      await store.value.close();
    }
  } finally {
    await removeFolder(temporary);
  }
}

function notProved(folder: string, why: string) {
  return fail("BACKUP_NOT_PROVED", `${folder} cannot be restored: ${why}. Make another backup, on another disk.`);
}

type Sum = { readonly path: string; readonly sha256: string };

async function sumsOf(folder: string): Promise<readonly Sum[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== LIST)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
  const sums: Sum[] = [];
  for (const path of paths) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, path)), hash);
    sums.push({ path: path.replaceAll("\\", "/"), sha256: hash.digest("hex") });
  }
  return sums;
}

async function readSums(folder: string): Promise<readonly Sum[]> {
  const text: string[] = [];
  for await (const part of createReadStream(join(folder, LIST), "utf8")) text.push(part as string);
  return text
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }));
}
