import { join } from "node:path";
import { removeFile } from "../../src-shared/node/atomic-files.ts";
import { sweepAfterCommit, sweepData } from "../../src-shared/node/vault-sweep.ts";
import type { Protection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes, UnixSeconds } from "../../src-shared/units.ts";
import {
  catalogName,
  type CatalogVideo,
  manifestName,
  PART_BYTES,
  type Section,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import { type Attempt, fail, type Failure } from "../failure.ts";
import { createHasher, createReadBack } from "./hashing/index.ts";
import type { Job } from "../job.ts";
import { commitGeneration, type Content } from "./commit.ts";
import { createMeter } from "./meter.ts";
import { removePending } from "./pending.ts";
import type { PlannedVideo } from "./plan.ts";
import type { Session } from "./session.ts";
import { type Course, withCourse, withoutEmptySections } from "./course.ts";
import { removeUncommitted } from "./sweep.ts";
import { type EarlierRun, findEarlierRun, isFinished, makeRoom, writeVideos } from "./write-all.ts";

export type Changed = {
  readonly session: Session;
  readonly gen: number;
  readonly protection: Protection;
  readonly sections: readonly Section[];
  readonly videos: readonly CatalogVideo[];
  readonly added: readonly string[];
  /** Bytes that an earlier, killed run had written and that did not have to be written again. */
  readonly reusedBytes: Bytes;
  /** What was left out, and why. */
  readonly refused?: readonly Failure[];
};

/** Videos that are to be added, and the sections that they belong to. */
export type PlannedCourse = Pick<Course, "sections" | "hidesTitles"> & { readonly videos: readonly PlannedVideo[] };

export type ChangeSettings = { readonly now: UnixSeconds; readonly partBytes?: Bytes };

/** Adds videos to those in the vault in one commit. Continues where a killed run stopped. */
export async function addVideos(
  session: Session,
  { hidesTitles, sections, videos: planned }: PlannedCourse,
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Changed>> {
  const earlier = findEarlierRun(session, planned);
  const space = await makeRoom(session, planned, earlier);
  if (!space.ok) {
    if (!session.pending) await rollBack(session);
    return space;
  }
  const written = await orRollBack(session, job.signal, async () => {
    const stored = await store(session, { hidesTitles, sections, videos: planned }, earlier, job, settings);
    if (!stored.ok) return stored;
    const committed = await commitGeneration(session, stored.value, settings.now);
    return committed.ok ? stored : committed;
  });
  if (!written.ok) return written;
  await sweep(session, session.nextGen, written.value);
  return ok({ session, gen: session.nextGen, ...written.value });
}

/** Removes videos from the vault and deletes their files from the stick. */
export async function removeVideos(
  session: Session,
  ids: readonly string[],
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Changed>> {
  const unknown = ids.find((id) => !session.videos.some((video) => video.id === id));
  if (unknown !== undefined)
    return fail("VIDEO_UNKNOWN", `No video ${unknown} on ${session.root}: see \`vaultctl ls\`.`);
  const left = session.videos.filter((video) => !ids.includes(video.id));
  const catalog = withoutEmptySections({ ...session, videos: left });
  const kept = new Set(catalog.videos.flatMap(fileIdsOf));
  const files = session.files.filter((file) => kept.has(file.id));
  return commitContent(session, { ...catalog, files }, job, settings);
}

/** Makes this the content of the vault; all of its files are on the stick already. */
export async function commitContent(
  session: Session,
  content: Content,
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Changed>> {
  const committed = await orRollBack(session, job.signal, () => commitGeneration(session, content, settings.now));
  if (!committed.ok) return committed;
  await sweep(session, session.nextGen, content);
  const { protection, sections, videos } = content;
  return ok({ session, gen: session.nextGen, protection, sections, videos, added: [], reusedBytes: 0 });
}

/** Finishes a run that was killed after its commit: only the cleaning up is left to do. */
export async function finishCommitted(
  session: Session,
  planned: readonly PlannedVideo[],
): Promise<Changed | undefined> {
  const { pending, gen, protection, sections, videos, files } = session;
  if (!pending || pending.gen !== gen) return undefined;
  const finished = planned.map((video) => pending.finished.find((one) => isFinished(one, video)));
  const added = finished.filter((one) => one !== undefined).map(({ video }) => video.id);
  if (added.length !== pending.finished.length || added.length !== planned.length) return undefined;
  if (!added.every((id) => videos.some((video) => video.id === id))) return undefined;
  await sweep(session, gen, { files });
  return {
    session,
    gen,
    protection,
    sections,
    videos,
    added,
    reusedBytes: planned.reduce((sum, { source }) => sum + source.size, 0),
  };
}

async function store(
  session: Session,
  { hidesTitles = session.hidesTitles, sections, videos: planned }: PlannedCourse,
  earlier: EarlierRun,
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Content & Pick<Changed, "added" | "reusedBytes">>> {
  const [readBack, hasher] = [createReadBack(), createHasher()];
  const meter = createMeter(
    job.progress,
    planned.reduce((sum, { source }) => sum + source.size, 0),
  );
  const { now, partBytes = PART_BYTES } = settings;
  try {
    const written = await writeVideos(session, planned, earlier, {
      signal: job.signal,
      partBytes,
      readBack,
      hasher,
      meter,
      note: notingOnce(job),
      now,
    });
    if (!written.ok) return written;
    const { finished, reusedBytes } = written.value;
    // In the order of the plan.
    const added = finished.flatMap(({ video }, index) => {
      const film = planned[index];
      return film ? [{ video, description: film.description, section: film.section }] : [];
    });
    return ok({
      ...withCourse({ ...session, hidesTitles }, sections, added),
      files: [...session.files, ...finished.flatMap((one) => one.files)],
      added: finished.map(({ video }) => video.id),
      reusedBytes,
    });
  } finally {
    await Promise.all([readBack.close(), hasher.close()]);
  }
}

function notingOnce(job: Job): (line: string) => void {
  const noted = new Set<string>();
  return (line) => {
    if (!noted.has(line)) job.note(line);
    noted.add(line);
  };
}

// A failure leaves the stick as it was. An interruption keeps the written bytes: the same command continues from there.
export async function orRollBack<T>(session: Session, signal: AbortSignal, work: () => Promise<Attempt<T>>) {
  let done = false;
  try {
    const attempt = await work();
    done = attempt.ok;
    return attempt;
  } finally {
    if (!done && !signal.aborted) await Promise.allSettled([rollBack(session)]);
  }
}

async function rollBack(session: Session): Promise<void> {
  const { root, nextGen } = session;
  await removeFile(join(root, VAULT_FOLDER, manifestName(nextGen)));
  await removeFile(join(root, VAULT_FOLDER, catalogName(nextGen)));
  if (session.gen === 0) return removeUncommitted(root);
  await removePending(root);
  await sweepData(root, new Set(session.files.map((file) => file.id)));
}

async function sweep(session: Session, gen: number, { files }: Pick<Content, "files">): Promise<void> {
  await sweepAfterCommit(session.root, gen, new Set(files.map((file) => file.id)));
}

function fileIdsOf({ file, poster, storyboard, subtitles }: CatalogVideo): string[] {
  return [file, ...(poster ? [poster] : []), ...(storyboard ? [storyboard] : []), ...subtitles].map(({ id }) => id);
}
