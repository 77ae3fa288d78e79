import { resolve } from "node:path";
import type { Failure } from "../failure.ts";
import type { Job } from "../job.ts";
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
};

/** Looks at every file as packing does, and goes on after one that would be refused. Writes nothing. */
export async function checkFilms(
  files: readonly string[],
  job: Job,
  {
    electron,
    subtitleEncoding,
  }: { readonly electron?: ElectronProgram | undefined; readonly subtitleEncoding?: string | undefined },
): Promise<readonly CheckedFilm[]> {
  const checked: CheckedFilm[] = [];
  for (const file of files) checked.push(await checkFilm(resolve(file), subtitleEncoding, job.signal));
  const playable = checked.flatMap(({ path, film }) => (film ? [{ path, film }] : []));
  const tried = electron ? await tryFilms(electron, playable, job.signal) : [];
  return checked.map((one) => {
    const trial = tried[playable.findIndex(({ path }) => path === one.path)];
    return trial && !trial.ok && one.film ? { path: one.path, refusal: trial.error } : one;
  });
}

async function checkFilm(path: string, encoding: string | undefined, signal: AbortSignal): Promise<CheckedFilm> {
  const film = await probeVideo(path, signal);
  if (!film.ok) return { path, refusal: film.error };
  const sidecars = await readSidecars(path, film.value, encoding, signal);
  if (!sidecars.ok) return { path, refusal: sidecars.error };
  return { path, film: { ...film.value, notes: [...film.value.notes, ...sidecars.value.notes] } };
}
