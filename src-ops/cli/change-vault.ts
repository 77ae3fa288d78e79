import { type Command, Option } from "commander";
import { mkdir } from "node:fs/promises";
import { codePointsOf, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { type AddedProtection, strictest, UNPROTECTED } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  addToVault,
  checkFilms,
  DEFAULT_CRF,
  type Course,
  courseIn,
  packVault,
  removeFromVault,
  readPackPlan,
  titleOf,
} from "../packing/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { describeChange } from "./describe-change.ts";
import { describeChecks } from "./describe-checks.ts";
import { captureOption, keysOption, stickOption, watermarkOption, wholeNumber, withJson } from "./options.ts";
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
  storyboards: boolean;
  json?: true;
};
type PackOptions = Omit<Options, "stick" | "keys"> & {
  stick?: string;
  master?: string;
  keys?: string;
  label: string;
  check?: true;
  plan?: string;
} & AddedProtection;

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
  const storyboardsText = "make no pictures for the preview on the seek bar";
  const posterText = "a JPEG, PNG or WebP picture for the video (one video only)";
  withJson(program.command("pack"))
    .description("create a vault with these videos on a stick that has none")
    .argument(
      "[file...]",
      "mp4, mov, webm or mkv files, or folders of them, in which each inner folder is a section; subtitles and chapters beside them are included",
    )
    .addOption(stickOption().makeOptionMandatory(false))
    .option("--master <folder>", "a folder on this computer instead: sticks are made from it; it is created")
    .addOption(keysOption().makeOptionMandatory(false))
    .option("--plan <file>", "the plan of what is packed, instead of files: `vaultctl plan` writes one")
    .option("--check", "only tell what would happen to each file; needs no stick and no keys")
    .option("--no-trial", trialText)
    .option("--no-storyboards", storyboardsText)
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
    .addOption(captureOption())
    .addOption(watermarkOption())
    .action((given: string[], options: PackOptions) =>
      host.run(options, async (job) => {
        const course = await courseToPack(given, options);
        if (!course.ok) return course;
        const electron = electronFor(options);
        if (options.check) {
          return describeChecks(
            job,
            await checkFilms(course.value.films, job, { ...options, crf: crfOf(options), electron }),
          );
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
        const protection = strictest(UNPROTECTED, options);
        const request = { ...options, crf: crfOf(options), stick, keys, course: course.value, electron, protection };
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
    .option("--no-storyboards", storyboardsText)
    .option("--poster <file>", posterText)
    .option("--title <text>", titleText)
    .option("--convert", convertText)
    .option("--skip-refused", skipText)
    .addOption(crfOption())
    .option("--subtitle-encoding <name>", encodingText)
    .action((given: string[], options: Options) =>
      host.run(options, async (job) => {
        const course = await courseNamed(given, options);
        if (!course.ok) return course;
        const request = { ...options, crf: crfOf(options), course: course.value, electron: electronFor(options) };
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

/** The films that are named, with what `--title` and `--poster` say about the only one. */
async function courseNamed(
  given: readonly string[],
  { title, poster }: Pick<Options, "title" | "poster">,
): Promise<Attempt<Course>> {
  const course = await courseIn(given);
  if (!course.ok) return course;
  const [film, ...others] = course.value.films;
  if (film === undefined || (title === undefined && poster === undefined)) return course;
  if (others.length > 0) {
    return fail("USAGE", `${title === undefined ? "--poster" : "--title"} needs exactly one video.`);
  }
  const tidy = title === undefined ? ok(film.title) : titleOf(film.path, title);
  if (!tidy.ok) return tidy;
  const films = [{ ...film, title: tidy.value, poster: poster ?? film.poster }];
  return ok({ ...course.value, films });
}

async function courseToPack(given: readonly string[], options: PackOptions): Promise<Attempt<Course>> {
  const { plan, title, poster } = options;
  if (plan === undefined) {
    return given.length > 0 ? courseNamed(given, options) : fail("USAGE", "Name the films to pack, or --plan.");
  }
  if (given.length === 0 && title === undefined && poster === undefined) return readPackPlan(plan);
  return fail("USAGE", "A plan names the films, their titles and posters: leave out whatever else does.");
}
