import { type Command, Option } from "commander";
import { mkdir } from "node:fs/promises";
import { basename } from "node:path";
import { codePointsOf, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  addToVault,
  type Changed,
  type CheckedFilm,
  checkFilms,
  DEFAULT_CRF,
  filmsIn,
  packVault,
  removeFromVault,
  viewVideo,
} from "../packing/index.ts";
import { formatBytes, formatDuration } from "../formatting.ts";
import type { Host, Outcome } from "./host.ts";
import type { Job } from "../job.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, keysOption, stickOption, wholeNumber, withJson } from "./options.ts";
import { withRecord } from "./record-stick.ts";
import { rememberMaster } from "./remembered-folders.ts";

type Options = {
  stick: string;
  keys: string;
  poster?: string;
  title?: string;
  convert?: true;
  skipRefused?: true;
  crf: number;
  subtitleEncoding?: string;
  trial: boolean;
  json?: true;
};
type PackOptions = Omit<Options, "stick" | "keys"> & {
  stick?: string;
  master?: string;
  keys?: string;
  label: string;
  check?: true;
};

// Readers accept 100 code points. 50 are never more than 100 UTF-16 units, for readers that count those instead.
const MAX_LABEL = 50;

function checkLabel(label: string): Attempt<undefined> {
  const unsafe = unsafeCharacterIn(label);
  if (unsafe !== undefined) {
    return fail(
      "USAGE",
      `--label must not have ${unsafe}: it is one line without control characters or direction marks.`,
    );
  }
  const length = codePointsOf(label);
  return length >= 1 && length <= MAX_LABEL
    ? ok(undefined)
    : fail("USAGE", `--label takes 1 to ${MAX_LABEL} characters.`);
}

function crfOption(): Option {
  return new Option("--crf <number>", "quality of --convert: 0 is best, 51 worst")
    .argParser(wholeNumber(0, 51))
    .default(DEFAULT_CRF);
}

function crfOf(options: { convert?: true; crf: number }): number | undefined {
  return options.convert ? options.crf : undefined;
}

export function addVaultChanges(program: Command, host: Host, context: CommandContext): void {
  const encodingText = "the encoding of subtitle files that are not UTF-8, for example windows-1252";
  const titleText = "the title of the video (one video only); otherwise its title tag, or its file name";
  const convertText = "convert films that would be refused, if that helps; needs ffmpeg";
  const skipText = "leave out films that are refused, and name them, instead of packing nothing";
  const trialText = "do not play each film in the app's own Electron first";
  const electronFor = (options: { trial: boolean }) => (options.trial ? context.electron : undefined);
  const posterText = "a JPEG, PNG or WebP picture for the video (one video only)";
  withJson(program.command("pack"))
    .description("create a vault with these videos on a stick that has none")
    .argument(
      "<file...>",
      "mp4, mov, webm or mkv files, or folders of them; subtitles and chapters beside them are included",
    )
    .addOption(stickOption().makeOptionMandatory(false))
    .option("--master <folder>", "a folder on this computer instead: sticks are made from it; it is created")
    .addOption(keysOption().makeOptionMandatory(false))
    .option("--check", "only tell what would happen to each file; needs no stick and no keys")
    .option("--no-trial", trialText)
    .option(
      "--label <text>",
      "the name that viewers see before the stick is unlocked; it is not encrypted",
      "USB Video Vault",
    )
    .option("--poster <file>", posterText)
    .option("--title <text>", titleText)
    .option("--convert", convertText)
    .option("--skip-refused", skipText)
    .addOption(crfOption())
    .option("--subtitle-encoding <name>", encodingText)
    .action((given: string[], options: PackOptions) =>
      host.run(options, async (job) => {
        const files = await filmsIn(given);
        const electron = electronFor(options);
        if (options.check) {
          return describeChecks(job, await checkFilms(files, job, { ...options, crf: crfOf(options), electron }));
        }
        const { master, keys } = options;
        if (options.stick !== undefined && master !== undefined)
          return fail("USAGE", "Name one of --stick and --master.");
        const stick = options.stick ?? master;
        if (stick === undefined || keys === undefined) {
          return fail("USAGE", "--stick or --master, and --keys, are needed, except with --check.");
        }
        const label = checkLabel(options.label);
        if (!label.ok) return label;
        if (master !== undefined) await mkdir(master, { recursive: true });
        const request = { ...options, crf: crfOf(options), stick, keys, files, electron };
        const packed = await packVault(request, job, { now: context.now() });
        const isMaster = master !== undefined;
        const outcome = await withRecord(job, describeChange(job, packed), { stick, keys, isMaster }, context.now());
        if (outcome.ok && isMaster) await rememberMaster(master, process.env);
        return outcome;
      }),
    );
  withJson(program.command("add"))
    .description("add videos to the vault on a stick")
    .argument("<file...>", "the video files, or folders of them")
    .addOption(stickOption())
    .addOption(keysOption())
    .option("--no-trial", trialText)
    .option("--poster <file>", posterText)
    .option("--title <text>", titleText)
    .option("--convert", convertText)
    .option("--skip-refused", skipText)
    .addOption(crfOption())
    .option("--subtitle-encoding <name>", encodingText)
    .action((given: string[], options: Options) =>
      host.run(options, async (job) => {
        const files = await filmsIn(given);
        const request = { ...options, crf: crfOf(options), files, electron: electronFor(options) };
        const added = await addToVault(request, job, { now: context.now() });
        return withRecord(job, describeChange(job, added), options, context.now());
      }),
    );
  withJson(program.command("remove"))
    .description("remove videos from the vault on a stick")
    .argument("<id...>", "video ids, as `ls` shows them")
    .addOption(stickOption())
    .addOption(keysOption())
    .action((ids: string[], options: Options) =>
      host.run(options, async (job) => {
        const removed = await removeFromVault({ ...options, ids }, job, { now: context.now() });
        return withRecord(job, describeChange(job, removed), options, context.now());
      }),
    );
}

function describeChange(job: Job, changed: Attempt<Changed>): Attempt<Outcome> {
  if (!changed.ok) return changed;
  const { session, gen, videos, added, reusedBytes, refused = [] } = changed.value;
  const { vaultId, stickId, label, signer } = session;
  if (signer.dev) job.note(DEVELOPMENT_NOTE);
  const views = videos.map(viewVideo);
  return ok({
    json: { vaultId, stickId, gen, label, videos: views, added, reusedBytes, developmentKeys: signer.dev, refused },
    lines: [
      `${label}: ${videos.length} videos, generation ${gen}, stick ${stickId}, read back and signed.`,
      ...views.map((video) => `${video.id}  ${formatBytes(video.bytes).padStart(8)}  ${video.title}`),
      ...(reusedBytes > 0 ? [`${formatBytes(reusedBytes)} were already there from an interrupted run.`] : []),
    ],
  });
}

/** One line for each file: what would happen to it, and why. */
function describeChecks(job: Job, checked: readonly CheckedFilm[]): Attempt<Outcome> {
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
