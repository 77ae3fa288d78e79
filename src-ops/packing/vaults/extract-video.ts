import { randomBytes } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, removeFile, renameFile, syncFolder } from "../../../src-shared/node/atomic-files.ts";
import {
  type FileError,
  openVaultFile,
  partsOf,
  unwrapFileKey,
  type VaultFile,
} from "../../../src-shared/node/vault-reader.ts";
import { ok } from "../../../src-shared/result.ts";
import { type Bytes, MIB } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { checkFileName } from "../../file-names.ts";
import { loadPublisher, publicKeysOf } from "../../keys/index.ts";
import { isInside } from "../../paths.ts";
import type { Job } from "../../job.ts";
import { requireRoomForFile } from "../room-for-file.ts";
import { openCatalog } from "./open-catalog.ts";
import { openTrusted } from "./open-trusted.ts";

const BLOCK_BYTES = 4 * MIB;

export type ExtractRequest = {
  readonly stick: string;
  readonly id: string;
  readonly keys: string;
  readonly out: string;
  readonly force: boolean;
};

/** Decrypts one video into a file on the publisher's computer: the complete video or nothing. */
export async function extractVideo(
  request: ExtractRequest,
  job: Job,
): Promise<Attempt<{ title: string; bytes: Bytes }>> {
  const target = await checkTarget(request);
  if (!target.ok) return target;
  const opened = await openVideo(request);
  if (!opened.ok) return opened;
  const { file, title } = opened.value;
  try {
    const room = await requireRoomForFile(request.out, file.size);
    if (!room.ok) return room;
    const written = await writeWhole(file, request.out, title, job);
    return written.ok ? ok({ title, bytes: file.size }) : written;
  } finally {
    await file.close();
  }
}

async function checkTarget({ stick, out, force }: ExtractRequest): Promise<Attempt<undefined>> {
  if (await isInside(out, stick))
    return fail("ON_STICK", `${out} is on the stick: an unencrypted video must not be there.`);
  const named = checkFileName(out);
  if (!named.ok) return named;
  const kind = await kindOf(out);
  if (kind === "folder") return fail("FILE_EXISTS", `${out} is a folder: name the file to write.`);
  if (kind === "file" && !force) return fail("FILE_EXISTS", `${out} already exists: add --force to replace it.`);
  return ok(undefined);
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function openVideo(request: ExtractRequest): Promise<Attempt<{ file: VaultFile; title: string }>> {
  const publisher = await loadPublisher(request.keys);
  if (!publisher.ok) return publisher;
  const trusted = await openTrusted(request.stick, publicKeysOf(publisher.value));
  if (!trusted.ok) return trusted;
  const { vault } = trusted.value;
  const { vaultId } = vault.manifest.claims;
  const opened = await openCatalog(publisher.value, vault);
  if (!opened.ok) return opened;
  const video = opened.value.catalog.videos.find((candidate) => candidate.id === request.id);
  if (!video) return fail("VIDEO_UNKNOWN", `No video ${request.id} on ${request.stick}: see \`vaultctl ls\`.`);
  const key = unwrapFileKey(vaultId, opened.value.keys, video.file, "video");
  const parts = partsOf(vault, video.file.id);
  if (!key || !parts) return fail("VAULT_DAMAGED", `The catalog of ${request.stick} does not match its manifest.`);
  const file = await openVaultFile(parts, key.key, key.context);
  return file.ok ? ok({ file: file.value, title: video.title }) : refuseDamaged(request.id, file.error);
}

// Written to a temporary file next to the target and renamed at the end; after any failure no clear bytes remain.
async function writeWhole(file: VaultFile, out: string, name: string, job: Job): Promise<Attempt<undefined>> {
  const temporary = join(dirname(out), `.${basename(out)}.${randomBytes(6).toString("hex")}.tmp`);
  let finished = false;
  try {
    const target = await open(temporary, "wx", 0o600);
    try {
      for (let at = 0; at < file.size; at += BLOCK_BYTES) {
        job.signal.throwIfAborted();
        const block = await file.read(at, Math.min(BLOCK_BYTES, file.size - at));
        if (!block.ok) return refuseDamaged(name, block.error);
        await target.writeFile(block.value);
        const allDone = at + block.value.length;
        job.progress.show({ name, fileDone: allDone, fileBytes: file.size, allDone, allBytes: file.size });
      }
      await target.sync();
    } finally {
      await target.close();
    }
    await renameFile(temporary, out);
    finished = true;
  } finally {
    if (!finished) await removeFile(temporary);
  }
  await syncFolder(dirname(out));
  return ok(undefined);
}

function refuseDamaged(name: string, error: FileError) {
  return fail("VAULT_DAMAGED", `${name} cannot be read completely (${error}): see \`vaultctl verify\`.`);
}
