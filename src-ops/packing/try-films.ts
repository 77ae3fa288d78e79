import { basename } from "node:path";
import { ok } from "../../src-shared/result.ts";
import type { Seconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { createMeter } from "./meter.ts";
import { isTooLong, type ProbedFilm, refuseLength } from "./probe.ts";
import { statOf } from "./source-file.ts";
import { type ElectronProgram, playTrial, type TrialResult } from "./trial/index.ts";

export type TriedFilm = {
  readonly path: string;
  readonly film: Pick<ProbedFilm, "hasSound"> & { readonly metadata: { readonly durationSeconds: Seconds } };
};

/** Plays films in the app's own Chromium and believes what happens. One attempt for each film, in the same order. */
export async function tryFilms(
  electron: ElectronProgram,
  films: readonly TriedFilm[],
  job: Job,
): Promise<readonly Attempt<undefined>[]> {
  if (films.length === 0) return [];
  const paths = films.map(({ path }) => path);
  const sizes = await Promise.all(paths.map(async (path) => (await statOf(path))?.size ?? 0));
  const meter = createMeter(
    job.progress,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const results = await playTrial(electron, paths, job.signal, (index) => {
    meter.startFile(`${basename(paths[index] ?? "")} (playing)`, sizes[index] ?? 0);
    meter.add(sizes[index] ?? 0);
    meter.endFile();
  });
  return films.map((film, index) => {
    const result = results[index];
    // Electron ended early: nothing was shown about this film.
    return result === undefined ? ok(undefined) : judgeTrial(film, result);
  });
}

export function judgeTrial({ path, film }: TriedFilm, result: TrialResult): Attempt<undefined> {
  const said = result.error === null ? "" : ` (${result.error})`;
  if (!result.opened || result.width === 0 || result.pictures === 0 || !result.played) {
    return fail("SOURCE_UNPLAYABLE", `${path} was played in the app's own player, and no picture came${said}.`);
  }
  if (!result.sought) {
    return fail("SOURCE_UNSEEKABLE", `${path} was played in the app's own player, which cannot jump in it${said}.`);
  }
  const { durationSeconds } = film.metadata;
  const shown = result.durationSeconds ?? 0;
  if (isTooLong(shown, durationSeconds)) return refuseLength(path, shown, durationSeconds);
  if (film.hasSound && result.soundBytes === 0) {
    return fail("SOURCE_UNPLAYABLE", `${path} was played in the app's own player, and it was silent${said}.`);
  }
  return ok(undefined);
}
