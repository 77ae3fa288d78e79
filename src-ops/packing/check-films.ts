import { resolve } from "node:path";
import type { Failure } from "../failure.ts";
import type { Job } from "../job.ts";
import { probeVideo, type ProbedFilm } from "./probe.ts";
import { findSidecars } from "./sidecars.ts";
import type { ElectronProgram } from "./trial/index.ts";
import { tryFilms } from "./try-films.ts";

/** What packing would do with a file. */
export type CheckedFilm = {
  readonly path: string;
  readonly film?: ProbedFilm;
  /** Why it would be refused. */
  readonly refusal?: Failure;
};

/** Looks at every file as packing does, and goes on after one that would be refused. Writes nothing. */
export async function checkFilms(
  files: readonly string[],
  job: Job,
  electron: ElectronProgram | undefined,
): Promise<readonly CheckedFilm[]> {
  const checked: CheckedFilm[] = [];
  for (const file of files) checked.push(await checkFilm(resolve(file), job.signal));
  const playable = checked.flatMap(({ path, film }) => (film ? [{ path, film }] : []));
  const tried = electron ? await tryFilms(electron, playable, job.signal) : [];
  return checked.map((one) => {
    const trial = tried[playable.findIndex(({ path }) => path === one.path)];
    return trial && !trial.ok && one.film ? { path: one.path, refusal: trial.error } : one;
  });
}

async function checkFilm(path: string, signal: AbortSignal): Promise<CheckedFilm> {
  const film = await probeVideo(path, signal);
  if (!film.ok) return { path, refusal: film.error };
  const sidecars = await findSidecars(path);
  return sidecars.ok ? { path, film: film.value } : { path, refusal: sidecars.error };
}
