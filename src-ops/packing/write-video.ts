import { randomBytes } from "node:crypto";
import { KEY_BYTES, SALT_BYTES } from "../../src-shared/container/index.ts";
import { concatBytes } from "../../src-shared/encoding/bytes.ts";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { wrapKey } from "../../src-shared/node/vault-keys.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes, UnixSeconds } from "../../src-shared/units.ts";
import { fileContext, type FileRef, type FileRole, type ManifestFile } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Hasher, PartFault, ReadBack } from "./hashing/index.ts";
import { type Meter, metered } from "./meter.ts";
import type { WrittenPart } from "./part-writer.ts";
import type { FinishedVideo, PendingFile } from "./pending.ts";
import type { PlannedVideo } from "./plan.ts";
import { makePoster } from "./poster.ts";
import type { Session } from "./session.ts";
import { readSourceBlocks, SourceChanged } from "./source-blocks.ts";
import { storeFile } from "./store-file.ts";
import { drawSheets, type DrawnStoryboard } from "./draw-sheets.ts";

export type WriteTools = {
  readonly signal: AbortSignal;
  readonly partBytes: Bytes;
  readonly hasher: Hasher;
  readonly readBack: ReadBack;
  readonly meter: Meter;
  /** Tells the publisher a line, but never the same one twice. */
  readonly note: (line: string) => void;
  readonly now: UnixSeconds;
};

/** Creates the keys of a video that will be written; they are recorded before its first byte is written. */
export function newPendingFile(planned: PlannedVideo): PendingFile {
  return {
    source: planned.source,
    id: newId(),
    key: toBase64url(randomBytes(KEY_BYTES)),
    salt: toBase64url(randomBytes(SALT_BYTES)),
  };
}

export type WrittenVideo = { readonly finished: FinishedVideo; readonly reused: Bytes };

/**
 * Writes a video with its poster and subtitles, and reads all of it back.
 *
 * @throws {EarlierBytesDiffer} the bytes that an earlier run left are not the beginning of the current content
 */
export async function writeVideo(
  session: Session,
  planned: PlannedVideo,
  pending: PendingFile,
  tools: WriteTools,
): Promise<Attempt<WrittenVideo>> {
  const checks = startChecks(tools.readBack);
  const files: ManifestFile[] = [];
  let reused = 0;

  async function store(role: FileRole, id: string, key: Uint8Array, salt: Uint8Array, blocks: Blocks): Promise<string> {
    const to = { vaultId: session.vaultId, id, role, key, salt };
    const stored = await storeFile(session.root, blocks, to, tools, checks.add);
    files.push(stored.file);
    reused += stored.reused;
    return wrapKey(session.keys.wrap, key, fileContext(session.vaultId, id, role));
  }

  async function storeSmall(role: FileRole, bytes: Uint8Array): Promise<FileRef> {
    const id = newId();
    return {
      id,
      bytes: bytes.length,
      key: await store(role, id, randomBytes(KEY_BYTES), randomBytes(SALT_BYTES), [bytes]),
    };
  }

  /** All sheets in one file: on FAT32 a folder holds about 20,000 names, and each file costs a slow stick time. */
  async function storeSheets(storyboard: DrawnStoryboard | undefined) {
    if (!storyboard) return undefined;
    const ref = await storeSmall("storyboard", concatBytes(...storyboard.sheets));
    return { ...storyboard, ...ref, sheets: storyboard.sheets.map(({ length }) => length) };
  }

  const unneeded = new AbortController();
  try {
    const { source, metadata, sidecars } = planned;
    // Prepared while the video is written.
    const frame = planned.poster ? Promise.resolve(planned.poster) : makePoster(source.path, metadata, tools.signal);
    let isWaiting = false;
    const sheets = drawSheets(planned, AbortSignal.any([tools.signal, unneeded.signal]), tools.note, () => {
      if (isWaiting) tools.meter.add(0);
    });
    // Awaited below; if the video fails first, that failure is the one to report.
    for (const prepared of [frame, sheets]) prepared.catch(() => {});
    tools.meter.startFile(planned.name, source.size);
    const blocks = metered(readSourceBlocks(source, tools.signal), tools.meter);
    const [key, salt] = [decoded(pending.key), decoded(pending.salt)];
    const file = { id: pending.id, bytes: source.size, key: await store("video", pending.id, key, salt, blocks) };
    const picture = await frame;
    const poster = { ...(await storeSmall("poster", picture.bytes)), type: picture.type };
    // Where the whole film is decoded, the pictures take longer than the film itself.
    tools.meter.endFile();
    tools.meter.startFile(`${planned.name} (pictures)`, 0);
    isWaiting = true;
    const storyboard = await storeSheets(await sheets);
    const subtitles = [];
    for (const { language, label, kind, bytes } of sidecars.subtitles) {
      const ref = await storeSmall("subtitle", bytes);
      subtitles.push({ ...ref, language, label, ...(kind === "full" ? {} : { kind }) });
    }
    const fault = await checks.firstFault();
    if (fault)
      return fail(
        "READ_BACK_FAILED",
        `${fault}: this stick does not store correctly what is written. Use another one.`,
      );
    tools.meter.endFile();
    const { codecs, sounds, ...facts } = metadata;
    const video = {
      id: newId(),
      ...facts,
      codecs: [...codecs],
      added: tools.now,
      file,
      poster,
      ...(storyboard ? { storyboard } : {}),
      subtitles,
      ...(sounds.length > 1 ? { sounds: [...sounds] } : {}),
      chapters: sidecars.chapters,
    };
    return ok({ finished: { source, fingerprint: planned.fingerprint, video, files }, reused });
  } catch (error) {
    if (error instanceof SourceChanged) {
      return fail("SOURCE_CHANGED", `${planned.source.path} was changed while it was packed: pack it again.`);
    }
    throw error;
  } finally {
    unneeded.abort();
    await checks.settle();
  }
}

type Blocks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

// Each part is read back as soon as it is durable, while the next part is written.
function startChecks(readBack: ReadBack) {
  const running: Promise<string | undefined>[] = [];
  const add = (part: WrittenPart) => {
    running.push(readBack.check(part.path, part).then((fault) => fault && describe(part.path, fault)));
  };
  return {
    add,
    firstFault: async () => (await Promise.all(running)).find((fault) => fault !== undefined),
    settle: async () => void (await Promise.allSettled(running)),
  };
}

function describe(path: string, fault: PartFault): string {
  return `${path} reads back wrong (${fault})`;
}

function newId(): string {
  return idFromRandom(randomBytes(ID_LENGTH));
}

function decoded(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (!bytes) throw new RangeError("a pending file holds base64url");
  return bytes;
}
