import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import type { Protection } from "../../src-shared/protection.ts";
import { err, ok } from "../../src-shared/result.ts";
import { type Attempt, fail, type Failure } from "../failure.ts";
import type { Publisher } from "../keys/index.ts";
import type { Job } from "../job.ts";
import { addVideos, type Changed, type ChangeSettings, finishCommitted, removeVideos } from "./change-vault.ts";
import { isCurable, withCure } from "./conversion-plan.ts";
import { type Accept, openPrivateFolder } from "./convert-film.ts";
import type { Course } from "./course.ts";
import { openKeptConversions } from "./kept-conversions.ts";
import { withLockedStick } from "./locked-stick.ts";
import { planConverted, type Plan, type PlannedVideo, type PlanOptions, planVideos } from "./plan.ts";
import type { ElectronProgram } from "./trial/index.ts";
import { tryFilms } from "./try-films.ts";
import { createSession, openSession } from "./session.ts";

export type PackRequest = {
  readonly stick: string;
  readonly keys: string;
  readonly course: Course;
  /** The encoding of subtitle files that are not UTF-8. */
  readonly subtitleEncoding?: string | undefined;
  /** Converts what would be refused, with this quality (x264's constant rate factor). */
  readonly crf?: number | undefined;
  /** The app's Electron, in which each film is played before it is packed. */
  readonly electron?: ElectronProgram | undefined;
  /** Leaves out what is refused, instead of packing nothing. */
  readonly skipRefused?: boolean | undefined;
  /** False: films get no pictures for the seek bar. */
  readonly storyboards?: boolean | undefined;
};

/** Creates a vault with these videos on a stick that has none. */
export async function packVault(
  request: PackRequest & { readonly label: string; readonly protection: Protection },
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Changed>> {
  const { hidesTitles, sections } = request.course;
  return prepared(request, job, async (publisher, videos) => {
    const root = request.stick;
    if ((await listGenerations(root)).length > 0) {
      const session = await openSession(publisher, root);
      const committed = session.ok ? await finishCommitted(session.value, videos) : undefined;
      if (committed) return ok(committed);
      return fail("VAULT_EXISTS", `${root} already has a vault: add videos to it with \`vaultctl add\`.`);
    }
    const session = await createSession(publisher, root, request);
    return session.ok ? addVideos(session.value, { hidesTitles, sections, videos }, job, settings) : session;
  });
}

/** Adds videos to the vault on a stick. */
export async function addToVault(request: PackRequest, job: Job, settings: ChangeSettings): Promise<Attempt<Changed>> {
  const { hidesTitles, sections } = request.course;
  return prepared(request, job, async (publisher, videos) => {
    const session = await openSession(publisher, request.stick);
    if (!session.ok) return session;
    const committed = await finishCommitted(session.value, videos);
    return committed ? ok(committed) : addVideos(session.value, { hidesTitles, sections, videos }, job, settings);
  });
}

/** Removes videos from the vault on a stick. */
export async function removeFromVault(
  request: { readonly stick: string; readonly keys: string; readonly ids: readonly string[] },
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Changed>> {
  return withLockedStick(request, async (publisher) => {
    const session = await openSession(publisher, request.stick);
    return session.ok ? removeVideos(session.value, request.ids, job, settings) : session;
  });
}

async function prepared(
  request: PackRequest,
  job: Job,
  work: (publisher: Publisher, planned: readonly PlannedVideo[]) => Promise<Attempt<Changed>>,
): Promise<Attempt<Changed>> {
  return withLockedStick(request, async (publisher) => {
    if (request.crf === undefined) return planAndWork(request, request, job, publisher, work);
    const opened = await openKeptConversions(request.keys);
    if (!opened.ok) return opened;
    const kept = opened.value;
    const clear = await openPrivateFolder(request.keys);
    try {
      const convert = { folder: clear.folder, crf: request.crf, kept };
      const done = await planAndWork(request, { ...request, convert }, job, publisher, work);
      if (done.ok) await kept.clear();
      return done;
    } finally {
      await clear.close();
    }
  });
}

async function planAndWork(
  request: PackRequest,
  options: PlanOptions,
  job: Job,
  publisher: Publisher,
  work: (publisher: Publisher, planned: readonly PlannedVideo[]) => Promise<Attempt<Changed>>,
): Promise<Attempt<Changed>> {
  const planned = await planVideos(request.stick, request.course.films, options, job);
  if (!planned.ok) return planned;
  const { electron, skipRefused = false } = request;
  const tried = await tryPlanned(electron, skipRefused, planned.value, options, job);
  if (!tried.ok) return tried;
  const { videos, refused } = tried.value;
  for (const { code, message } of refused) job.note(`left out, ${code}: ${message}`);
  if (videos.length === 0) return fail("FILMS_REFUSED", "Every file is refused; see above why.", { refused });
  for (const note of videos.flatMap(({ notes }) => notes)) job.note(note);
  const changed = await work(publisher, videos);
  return changed.ok ? ok({ ...changed.value, refused }) : changed;
}

/** Plays what is planned. What does not play is converted, if that is wanted and helps. */
async function tryPlanned(
  electron: ElectronProgram | undefined,
  skipRefused: boolean,
  plan: Plan,
  options: PlanOptions,
  job: Job,
): Promise<Attempt<Plan>> {
  if (electron === undefined) return ok(plan);
  const films = plan.videos.map(({ source, ...film }) => ({ path: source.path, film }));
  const attempts = await tryFilms(electron, films, job);
  const accept: Accept = async ({ path, film }) =>
    (await tryFilms(electron, [{ path, film }], job))[0] ?? ok(undefined);
  const videos: PlannedVideo[] = [];
  const refused: Failure[] = [];
  for (const [index, video] of plan.videos.entries()) {
    const attempt = attempts[index];
    const cured = attempt?.ok === false ? await curePlanned(video, attempt.error, options, job, accept) : ok(video);
    if (cured.ok) videos.push(cured.value);
    else if (!skipRefused) return cured;
    else refused.push(cured.error);
  }
  return ok({ videos, refused: [...plan.refused, ...refused] });
}

async function curePlanned(
  video: PlannedVideo,
  refusal: Failure,
  options: PlanOptions,
  job: Job,
  accept: Accept,
): Promise<Attempt<PlannedVideo>> {
  if (options.convert && isCurable(refusal.code)) return planConverted(video, options.convert, job, accept);
  return err(await withCure(refusal, video.source.path, job.signal));
}
