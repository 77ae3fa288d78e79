import { resolve } from "node:path";
import type { Bytes, Seconds } from "../../src-shared/units.ts";
import type { Failure } from "../failure.ts";
import type { CourseFilm } from "./course.ts";
import type { Job } from "../job.ts";
import { estimateConversion, isCurable, planConversion, withCure } from "./conversion-plan.ts";
import { probeVideo, type ProbedFilm } from "./probe.ts";
import { readSidecars } from "./plan.ts";
import type { ElectronProgram } from "./trial/index.ts";
import { tryFilms } from "./try-films.ts";

/** What packing would do with a file. */
export type CheckedFilm = {
  readonly path: string;
  readonly film?: ProbedFilm;
  /** Why it would be refused. */
  readonly refusal?: Failure;
  /** What `--convert` would do about the refusal. */
  readonly conversion?: { readonly summary: string; readonly bytes?: Bytes; readonly seconds?: Seconds };
};

export type CheckOptions = {
  readonly electron?: ElectronProgram | undefined;
  readonly subtitleEncoding?: string | undefined;
  /** Of `--convert`: what can be cured is not refused. */
  readonly crf?: number | undefined;
};

/** Looks at every file as packing does, and goes on after one that would be refused. Writes nothing. */
export async function checkFilms(
  films: readonly CourseFilm[],
  job: Job,
  options: CheckOptions,
): Promise<readonly CheckedFilm[]> {
  const checked: CheckedFilm[] = [];
  for (const film of films) {
    checked.push(await checkFilm({ ...film, path: resolve(film.path) }, options, job.signal));
  }
  const playable = checked.flatMap(({ path, film }) => (film ? [{ path, film }] : []));
  const tried = options.electron ? await tryFilms(options.electron, playable, job) : [];
  const refusals = new Map(tried.flatMap((trial, index) => (trial.ok ? [] : [[playable[index]?.path, trial.error]])));
  const results: CheckedFilm[] = [];
  // One at a time: how long a conversion takes is measured.
  for (const one of checked) {
    const refusal = refusals.get(one.path);
    results.push(refusal ? await checkConversion(one.path, refusal, options.crf, job.signal) : one);
  }
  return results;
}

async function checkFilm(given: CourseFilm, options: CheckOptions, signal: AbortSignal): Promise<CheckedFilm> {
  const { path, title } = given;
  const film = await probeVideo(path, signal, title);
  if (!film.ok) return checkConversion(path, film.error, options.crf, signal);
  const sidecars = await readSidecars(path, film.value, { encoding: options.subtitleEncoding, named: given }, signal);
  if (!sidecars.ok) return { path, refusal: sidecars.error };
  return { path, film: { ...film.value, notes: [...film.value.notes, ...sidecars.value.notes] } };
}

async function checkConversion(
  path: string,
  refusal: Failure,
  crf: number | undefined,
  signal: AbortSignal,
): Promise<CheckedFilm> {
  if (crf === undefined || !isCurable(refusal.code)) return { path, refusal: await withCure(refusal, path, signal) };
  const plan = await planConversion(path, crf, signal);
  if (!plan.ok) return { path, refusal: plan.error };
  return {
    path,
    refusal,
    conversion: { summary: plan.value.attempts[0].summary, ...(await estimateConversion(path, plan.value, signal)) },
  };
}
