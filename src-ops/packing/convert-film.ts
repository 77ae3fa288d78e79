import { spawn } from "node:child_process";
import { mkdtemp, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { removeFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { inputArgs, planConversion } from "./conversion-plan.ts";
import { conversionName, type KeptConversions } from "./kept-conversions.ts";
import { probeVideo, type ProbedFilm } from "./probe.ts";

export type ConvertOptions = {
  readonly folder: string;
  readonly crf: number;
  /** What an interrupted run has already converted. */
  readonly kept?: KeptConversions | undefined;
};
export type ConvertedFilm = {
  readonly path: string;
  readonly film: ProbedFilm;
  /** What was done with each track. */
  readonly summary: string;
};

/** Whether a converted film is taken, or a stronger conversion is tried. */
export type Accept = (film: Omit<ConvertedFilm, "summary">) => Promise<Attempt<undefined>>;

/**
 * A private folder for unencrypted copies, below a folder on the publisher's own disk. It is removed when it is closed,
 * and also if this process is killed: another process waits for its end.
 */
export async function openPrivateFolder(parent: string): Promise<{ folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(resolve(parent), "converting-"));
  const program =
    'process.stdin.on("end", () => require("node:fs").rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 20 })).resume()';
  const guard = spawn(process.execPath, ["-e", program, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => {});
  guard.unref();
  return {
    folder,
    close: async () => {
      await removeFolder(folder);
      guard.stdin?.end();
    },
  };
}

/** Makes a film that plays: first without loss, where only the container is in the way, else with new codecs. */
export async function convertFilm(
  path: string,
  options: ConvertOptions,
  job: Job,
  title?: string,
  accept: Accept = async () => ok(undefined),
): Promise<Attempt<ConvertedFilm>> {
  const plan = await planConversion(path, options.crf, job.signal);
  if (!plan.ok) return plan;
  // Under its own name, which may become the title; in a folder of its own, because two films may have the same.
  const out = join(await mkdtemp(join(options.folder, "film-")), `${basename(path, extname(path))}.mkv`);
  const source = await stat(path);
  let last: Attempt<ConvertedFilm> = fail("SOURCE_UNREADABLE", `${path} cannot be converted by ffmpeg.`);
  for (const { args, summary } of plan.value.attempts) {
    const name = conversionName(resolve(path), source.size, source.mtimeMs, options.crf, summary);
    const isKept = (await options.kept?.take(name, out, job.signal)) === true;
    if (!isKept && !(await encode(path, args, out, plan.value.durationSeconds, job))) continue;
    const film = await probeVideo(out, job.signal, title);
    const accepted = film.ok ? await accept({ path: out, film: film.value }) : film;
    if (!accepted.ok) last = accepted;
    if (!film.ok || !accepted.ok) continue;
    if (!isKept) await options.kept?.keep(name, out, job.signal);
    return ok({ path: out, film: film.value, summary });
  }
  return last;
}

/** Shows how much is done as a share of the source's bytes. */
async function encode(path: string, codecs: readonly string[], out: string, durationSeconds: number, job: Job) {
  const { size } = await stat(path);
  const args = ["-y", "-nostdin", "-loglevel", "error", "-progress", "pipe:1", ...inputArgs(path), ...codecs, out];
  return new Promise<boolean>((settle, reject) => {
    const child = spawn("ffmpeg", args, { stdio: ["ignore", "pipe", "ignore"], signal: job.signal });
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      const seconds = Number(/out_time_us=(\d+)/.exec(text)?.[1] ?? 0) / 1e6;
      const done = durationSeconds > 0 ? Math.min(size, Math.round((size * seconds) / durationSeconds)) : 0;
      const name = `${basename(path)} (converting)`;
      job.progress.show({ name, fileDone: done, fileBytes: size, allDone: done, allBytes: size });
    });
    child.once("error", (error) => (job.signal.aborted ? reject(error) : settle(false)));
    child.once("close", (code) => settle(code === 0));
  });
}
