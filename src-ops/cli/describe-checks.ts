import { basename } from "node:path";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatBytes, formatDuration } from "../formatting.ts";
import type { Job } from "../job.ts";
import type { CheckedFilm } from "../packing/index.ts";
import type { Outcome } from "./host.ts";

/** One line for each file: what would happen to it, and why. */
export function describeChecks(job: Job, checked: readonly CheckedFilm[]): Attempt<Outcome> {
  const width = Math.max(...checked.map(({ path }) => basename(path).length));
  const films = checked.map(({ path, film, refusal, conversion }) => ({
    path,
    packed: refusal === undefined || conversion !== undefined,
    ...(conversion ? { conversion } : {}),
    ...(refusal ? { code: refusal.code, message: refusal.message } : {}),
    ...(film ? { durationSeconds: film.metadata.durationSeconds, notes: film.notes } : {}),
  }));
  const lines = checked.flatMap(({ path, film, refusal, conversion }) => [
    `${basename(path).padEnd(width)}  ${describeCheck(film, refusal, conversion)}`,
    ...(film?.notes ?? []).map((note) => `${" ".repeat(width)}  ${note}`),
  ]);
  const refused = films.filter(({ packed }) => !packed).length;
  if (refused === 0) return ok({ json: { films }, lines });
  for (const line of lines) job.note(line);
  return fail("FILMS_REFUSED", `${refused} of ${films.length} files would be refused; see above why.`, { films });
}

function describeCheck(
  film: CheckedFilm["film"],
  refusal: CheckedFilm["refusal"],
  conversion: CheckedFilm["conversion"],
): string {
  if (refusal === undefined) return describeFilm(film);
  if (conversion === undefined) return `refused  ${refusal.code}: ${refusal.message}`;
  const { summary, bytes, seconds } = conversion;
  const size = bytes === undefined ? "" : `  about ${formatBytes(bytes)}`;
  const time = seconds === undefined ? "" : ` in ${formatDuration(seconds)}`;
  const track = refusal.details?.["track"];
  const reason = typeof track === "string" ? `${refusal.code}, ${track}` : refusal.code;
  return `converted  ${summary}${size}${time} (${reason})`;
}

function describeFilm(film: CheckedFilm["film"]): string {
  return film ? `packed   ${formatDuration(film.metadata.durationSeconds)}  ${film.metadata.codecs.join(", ")}` : "";
}
