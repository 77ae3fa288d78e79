import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { dataFolder, discardFile, sweepAfterCommit } from "../../src-shared/node/vault-sweep.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, KIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type CatalogVideo, type ManifestFile, partName } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { type Publisher, publicKeysOf, publishToStick } from "../keys/index.ts";
import { orRollBack } from "./change-vault.ts";
import { commitGeneration, type Content } from "./commit.ts";
import { copyFile, type CopyTools } from "./copy-file.ts";
import { bytesOnStick, requireSpace } from "./free-space.ts";
import { createHasher, createReadBack } from "./hashing/index.ts";
import { createMeter } from "./meter.ts";
import { withLockedStick } from "./locked-stick.ts";
import { EarlierBytesDiffer } from "./part-writer.ts";
import { openSession, type Session } from "./session.ts";
import { openCatalog, openTrusted } from "./vaults/index.ts";

/** What a vault has: its titles and sections, and the encrypted files that the videos consist of. */
export type VaultContent = Content & { readonly vaultId: string; readonly stickId: string };

/** What became of a stick. `current`: there was nothing to do. The titles are those that it gained and lost. */
export type SyncedStick = {
  readonly state: "current" | "updated";
  readonly added: readonly string[];
  readonly removed: readonly string[];
};

/** The content of a stick, or of its record in the key folder. */
export async function contentOf(publisher: Publisher, root: string): Promise<Attempt<VaultContent>> {
  const opened = await openTrusted(root, publicKeysOf(publisher));
  if (!opened.ok) return opened;
  const { vaultId, stickId, files } = opened.value.vault.manifest.claims;
  const catalog = await openCatalog(publisher, opened.value.vault);
  if (!catalog.ok) return catalog;
  return ok({ vaultId, stickId, ...catalog.value.catalog, files });
}

export function hasSameContent(a: VaultContent, b: VaultContent): boolean {
  const [one, other] = [a, b].map(({ hidesTitles, sections, videos, files }) =>
    JSON.stringify([hidesTitles, sections, videos, files]),
  );
  return one === other;
}

export type SyncRequest = {
  readonly from: string;
  readonly to: string;
  readonly keys: string;
  /** The ids of the only videos that are taken off the stick. */
  readonly retire: readonly string[];
};

/**
 * Brings a stick to the content of its master: what is there already is not written again, and its id stays, so that its
 * licenses stay valid. The stick changes in the last step; an interrupted run is continued by the next one.
 */
export async function syncStick(
  { from, to, keys, retire }: SyncRequest,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<SyncedStick>> {
  return withLockedStick({ stick: to, keys }, async (publisher): Promise<Attempt<SyncedStick>> => {
    const [source, target] = [await openSession(publisher, from), await openSession(publisher, to)];
    if (!source.ok) return source;
    if (!target.ok) return target;
    if (source.value.vaultId !== target.value.vaultId) {
      return fail("NOT_A_STICK", `${to} has another vault than ${from}: name a copy of the same vault.`);
    }
    const only = videosOnlyIn(target.value.videos, source.value.videos).filter(({ id }) => !retire.includes(id));
    if (only.length > 0) return refuseToRemove(to, from, only);
    const missing = await missingOn(to, source.value.files);
    if (missing.length === 0 && hasSameContent(source.value, target.value)) {
      const published = await publishToStick(publisher, to);
      return published.ok ? ok({ state: "current", added: [], removed: [] }) : published;
    }
    const written = await orRollBack(target.value, job.signal, () =>
      write(source.value, target.value, missing, job, now),
    );
    if (!written.ok) return written;
    const { root, nextGen } = target.value;
    await sweepAfterCommit(root, nextGen, new Set(source.value.files.map(({ id }) => id)));
    const [before, after] = [target.value.videos, source.value.videos];
    return ok({ state: "updated", added: titlesOnlyIn(after, before), removed: titlesOnlyIn(before, after) });
  });
}

/** The titles of the videos that the others lack. */
export function titlesOnlyIn(videos: readonly CatalogVideo[], others: readonly CatalogVideo[]): readonly string[] {
  return videosOnlyIn(videos, others).map(({ title }) => title);
}

function videosOnlyIn(videos: readonly CatalogVideo[], others: readonly CatalogVideo[]): readonly CatalogVideo[] {
  return videos.filter(({ id }) => !others.some((other) => other.id === id));
}

/** It may be the only copy: somebody may have added it to this stick instead of to the master. */
function refuseToRemove(to: string, from: string, videos: readonly CatalogVideo[]) {
  const named = videos.map(({ id, title }) => `${title} (${id})`).join(", ");
  return fail(
    "VIDEOS_ONLY_HERE",
    `${to} has videos that ${from} does not have: ${named}. Take them off with --retire and their ids, or add their films to the master.`,
  );
}

async function write(
  from: Session,
  to: Session,
  missing: readonly ManifestFile[],
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<undefined>> {
  const bytes = bytesOf(missing);
  let present = 0;
  for (const { id } of missing) present += await bytesOnStick(to.root, id);
  const space = await requireSpace(to.root, Math.max(0, bytes - present) + missing.length * 64 * KIB);
  if (!space.ok) return space;
  const [readBack, hasher] = [createReadBack(), createHasher()];
  const tools = { readBack, hasher, meter: createMeter(job.progress, bytes), signal: job.signal };
  try {
    for (const file of missing) {
      const copied = await copyOrReplace(from.root, to.root, file, tools);
      if (!copied.ok) return copied;
    }
  } finally {
    await Promise.all([readBack.close(), hasher.close()]);
  }
  return commitGeneration(to, from, now);
}

async function copyOrReplace(from: string, to: string, file: ManifestFile, tools: CopyTools) {
  try {
    return await copyFile(from, to, file, tools);
  } catch (error) {
    if (!(error instanceof EarlierBytesDiffer)) throw error;
    await discardFile(to, file.id);
    return copyFile(from, to, file, tools);
  }
}

/** The files of which a part is not there, or has another size. */
async function missingOn(root: string, files: readonly ManifestFile[]): Promise<readonly ManifestFile[]> {
  const missing: ManifestFile[] = [];
  for (const file of files) if (!(await isOn(root, file))) missing.push(file);
  return missing;
}

async function isOn(root: string, { id, parts }: ManifestFile): Promise<boolean> {
  try {
    for (const [index, { size }] of parts.entries()) {
      const status = await lstat(join(dataFolder(root, id), partName(index)));
      if (!status.isFile() || status.size !== size) return false;
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function bytesOf(files: readonly ManifestFile[]): Bytes {
  return files.flatMap(({ parts }) => parts).reduce((sum, { size }) => sum + size, 0);
}
