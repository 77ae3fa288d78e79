import { join } from "node:path";
import { dataFolder, discardFile, sweepData } from "../../src-shared/node/vault-sweep.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { partName } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import type { ReadBack } from "./hashing/index.ts";
import { EarlierBytesDiffer } from "./part-writer.ts";
import { bytesOnStick, requireSpace, spaceNeeded } from "./free-space.ts";
import { type FinishedVideo, type Pending, type PendingFile, writePending } from "./pending.ts";
import type { PlannedVideo } from "./plan.ts";
import { isSameSource } from "./source-file.ts";
import type { Session } from "./session.ts";
import { newPendingFile, writeVideo, type WriteTools, type WrittenVideo } from "./write-video.ts";

/** What an interrupted run already wrote of these videos. */
export type EarlierRun = { readonly finished: readonly FinishedVideo[]; readonly current: PendingFile | undefined };

/** Finds what can be reused: only from the same change, and only if the source is still the same file. */
export function findEarlierRun(session: Session, planned: readonly PlannedVideo[]): EarlierRun {
  const pending = session.pending?.gen === session.nextGen ? session.pending : undefined;
  const finished = (pending?.finished ?? []).filter((one) => planned.some((video) => isFinished(one, video)));
  const current = pending?.current;
  const isPlanned = current && planned.some((video) => isSameSource(video.source, current.source));
  return { finished, current: isPlanned ? current : undefined };
}

export function isFinished(finished: FinishedVideo, planned: PlannedVideo): boolean {
  return isSameSource(finished.source, planned.source) && finished.fingerprint === planned.fingerprint;
}

/** Deletes files that no run will use again, then fails if the videos would not fit. */
export async function makeRoom(
  session: Session,
  planned: readonly PlannedVideo[],
  earlier: EarlierRun,
): Promise<Attempt<undefined>> {
  const ids = [...session.files, ...earlier.finished.flatMap(({ files }) => files)].map(({ id }) => id);
  await sweepData(session.root, new Set(earlier.current ? [...ids, earlier.current.id] : ids));
  const open = planned.filter((video) => !earlier.finished.some((one) => isFinished(one, video)));
  const needed = open.reduce((sum, video) => sum + spaceNeeded(video), 0);
  const onStick = earlier.current ? await bytesOnStick(session.root, earlier.current.id) : 0;
  return requireSpace(session.root, Math.max(0, needed - onStick));
}

/** Writes every video. Before each one, the state that lets the next run continue is made durable. */
export async function writeVideos(
  session: Session,
  planned: readonly PlannedVideo[],
  earlier: EarlierRun,
  tools: WriteTools,
): Promise<Attempt<{ finished: readonly FinishedVideo[]; reusedBytes: Bytes }>> {
  const finished: FinishedVideo[] = [];
  let reusedBytes = 0;
  for (const video of planned) {
    const before = earlier.finished.find((one) => isFinished(one, video));
    if (before && (await isOnStick(session.root, before, tools.readBack))) {
      finished.push(before);
      reusedBytes += video.source.size;
      tools.meter.startFile(video.name, video.source.size);
      tools.meter.add(video.source.size);
      tools.meter.endFile();
      continue;
    }
    const resumed = earlier.current && isSameSource(earlier.current.source, video.source) ? earlier.current : undefined;
    const written = await writeRecorded(session, video, resumed ?? newPendingFile(video), finished, tools);
    if (!written.ok) return written;
    finished.push(written.value.finished);
    reusedBytes += written.value.reused;
  }
  await record(session, finished, undefined);
  return ok({ finished, reusedBytes });
}

async function writeRecorded(
  session: Session,
  video: PlannedVideo,
  file: PendingFile,
  finished: readonly FinishedVideo[],
  tools: WriteTools,
): Promise<Attempt<WrittenVideo>> {
  await record(session, finished, file);
  try {
    return await writeVideo(session, video, file, tools);
  } catch (error) {
    if (!(error instanceof EarlierBytesDiffer)) throw error;
    // Encrypting different bytes with the same key and salt would reveal both contents. A new key is recorded before
    // the
    // old bytes are deleted.
    const fresh = newPendingFile(video);
    await record(session, finished, fresh);
    await discardFile(session.root, file.id);
    return writeVideo(session, video, fresh, tools);
  }
}

async function record(session: Session, finished: readonly FinishedVideo[], current: PendingFile | undefined) {
  const { root, vaultId, stickId, nextGen: gen, keys } = session;
  const pending: Pending = { v: 1, stickId, gen, finished: [...finished], ...(current ? { current } : {}) };
  await writePending({ root, vaultId, catalogKey: keys.catalog }, pending);
}

async function isOnStick(root: string, video: FinishedVideo, readBack: ReadBack): Promise<boolean> {
  for (const { id, parts } of video.files) {
    for (const [index, part] of parts.entries()) {
      if (await readBack.check(join(dataFolder(root, id), partName(index)), part)) return false;
    }
  }
  return true;
}
