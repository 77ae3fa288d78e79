import { type Command, Option } from "commander";
import { MAX_NOTES_CHARS } from "../../src-shared/limits.ts";
import {
  ARCHITECTURES,
  type Architecture,
  type BuildId,
  PACKAGE_KINDS,
  type PackageKind,
  type Platform,
  PLATFORMS,
  type Version,
} from "../../src-shared/updates/index.ts";
import { type Language, LANGUAGES, type Translations } from "../../src-shared/languages.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  addBuild,
  type BuildOrder,
  isByProduct,
  publishLists,
  raiseSecurity,
  releaseBuild,
  versionsNamedBy,
  withFeedTransaction,
} from "../feed/index.ts";
import type { Job } from "../job.ts";
import { isFolder } from "../paths.ts";
import type { Host, Outcome } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  BUILD,
  changeFeed,
  FEED_VERSION,
  feedCommand,
  feedLocationOf,
  type FeedOptions,
  REASON,
} from "./feed-options.ts";
import { describeResult } from "./describe-feed-change.ts";
import { repeatable, wholeNumber } from "./options.ts";
import { ok } from "../../src-shared/result.ts";

type BuildOptions = FeedOptions & {
  version?: Version;
  buildEpoch?: number;
  to?: "ring0";
  reason?: string;
  platform?: Platform;
  arch?: Architecture;
  kind?: PackageKind;
} & { readonly [option in `notes${Capitalize<Language>}`]?: string };
type SecurityOptions = FeedOptions & { floor?: number; revoke: readonly BuildId[] };

const EPOCH = wholeNumber(0, 1e9);

/** The commands on builds: add them, and exclude builds from installation. */
export function addFeedBuilds(group: Command, host: Host, context: CommandContext): void {
  const add = feedCommand(group, "add-build", "add the files of a build to the feed, and release it with --to")
    .argument("<file...>", "the packages of the build, such as dist/*; what lies beside them there is left out")
    .option("--version <version>", "the app's version (default: the one in the file names)", FEED_VERSION)
    .option(
      "--build-epoch <n>",
      "raise it with each build that must not be rolled back (default: the highest so far)",
      EPOCH,
    )
    .addOption(new Option("--to <ring>", "release it there at once").choices(["ring0"]))
    .addOption(new Option("--reason <text>", "with --to: why, for the record").argParser(REASON))
    .addOption(new Option("--platform <platform>", "if the file name does not contain it").choices(PLATFORMS))
    .addOption(new Option("--arch <architecture>", "if the file name does not contain it").choices(ARCHITECTURES))
    .addOption(new Option("--kind <kind>", "if the file name does not contain it").choices(PACKAGE_KINDS))
    .action((files: readonly string[], options: BuildOptions) =>
      host.run(options, (job) => addFiles(job, context, files, options)),
    );
  for (const language of LANGUAGES) add.addOption(notesOption(language));
  feedCommand(group, "security", "raise the security floor, or revoke builds: permanently and in every ring")
    .option("--floor <epoch>", "no app installs a build with a lower epoch any more", EPOCH)
    .option("--revoke <build>", "no app installs this build any more; repeatable", repeatable(BUILD), [])
    .action((options: SecurityOptions) =>
      changeFeed(host, context, options, async (transaction) => {
        const { floor, revoke } = options;
        if (floor === undefined && revoke.length === 0) return fail("USAGE", "Name --floor or --revoke. See --help.");
        return raiseSecurity(transaction, floor, revoke);
      }),
    );
  feedCommand(group, "lists", "publish the newest revocation list and key manifest in the feed").action(
    (options: FeedOptions) => changeFeed(host, context, options, publishLists),
  );
}

async function addFiles(
  job: Job,
  context: CommandContext,
  named: readonly string[],
  options: BuildOptions,
): Promise<Attempt<Outcome>> {
  const location = feedLocationOf(options);
  if (!location.ok) return location;
  const notes = notesOf(options);
  if (!notes.ok) return notes;
  const chosen = await choosePackages(named, options.version);
  if (!chosen.ok) return chosen;
  const { files, version, leftOut } = chosen.value;
  const { buildEpoch, platform, arch, kind, to, reason } = options;
  const given = { ...(platform && { platform }), ...(arch && { arch }), ...(kind && { kind }) };
  const order = { files, version, buildEpoch, given, notes: notes.value };
  const now = context.now();
  const added = await withFeedTransaction(location.value, now, (transaction) =>
    addBuild(transaction, order, job.signal),
  );
  if (!added.ok) return added;
  const { build, published } = added.value;
  const lines = [`Build ${build}`, ...(leftOut.length > 0 ? [`Left out: ${leftOut.join(", ")}`] : [])];
  const outcome = describeResult(job, added.value, lines);
  if (to === undefined) return ok(outcome);
  const command = `vaultctl feed release --ring ${to} --build ${build}`;
  if (!published) return ok({ ...outcome, lines: [...outcome.lines, `When it is published: ${command}`] });
  const released = await withFeedTransaction(location.value, now, (transaction) =>
    releaseBuild(transaction, { ring: to, build, reason, flags: {} }),
  );
  if (!released.ok)
    return fail(released.error.code, `The build ${build} is added. ${released.error.message}`, { build });
  const release = describeResult(job, released.value, []);
  return ok({ json: { ...outcome.json, release: release.json }, lines: [...outcome.lines, ...release.lines] });
}

type Chosen = { readonly files: readonly string[]; readonly version: Version; readonly leftOut: readonly string[] };

/** The packages among these files, which all have to be of one version. */
async function choosePackages(named: readonly string[], given: Version | undefined): Promise<Attempt<Chosen>> {
  const files: string[] = [];
  const leftOut: string[] = [];
  for (const path of named) {
    const isPackage = !(await isFolder(path)) && !isByProduct(path);
    (isPackage ? files : leftOut).push(path);
  }
  if (files.length === 0) return fail("BUILD_FILE_UNKNOWN", `No package is among ${named.join(", ")}: name the files.`);
  const [version, ...others] = given === undefined ? versionsNamedBy(files) : [given];
  if (version === undefined)
    return fail("USAGE", "The file names contain no version: name it with --version. See --help.");
  if (others.length > 0) {
    const all = [version, ...others].join(", ");
    return fail("BUILD_FILE_UNKNOWN", `The files are of several versions (${all}): name the files of one of them.`);
  }
  return ok({ files, version, leftOut });
}

const ENGLISH_NAMES = new Intl.DisplayNames("en", { type: "language" });

function notesOption(language: Language): Option {
  const form = "plain text, a line for each point";
  return new Option(`--notes-${language} <text>`, `what is new, in ${ENGLISH_NAMES.of(language)}: ${form}`);
}

function notesOf(options: BuildOptions): Attempt<BuildOrder["notes"]> {
  const given = LANGUAGES.flatMap((language) => {
    const text = options[notesName(language)];
    return text === undefined ? [] : [[language, text] as const];
  });
  if (given.length === 0) return ok(undefined);
  if (given.some(([, text]) => text.length > MAX_NOTES_CHARS)) {
    return fail("USAGE", `The notes are too long: at most ${MAX_NOTES_CHARS} characters in each language.`);
  }
  if (given.length === LANGUAGES.length) return ok(Object.fromEntries(given) as Translations<string>);
  const names = LANGUAGES.map((language) => `--notes-${language}`).join(", ");
  return fail("USAGE", `Give the notes in every language: ${names}. See --help.`);
}

/** The name under which commander keeps the option. */
function notesName<L extends Language>(language: L): `notes${Capitalize<L>}` {
  return `notes${language[0]?.toUpperCase()}${language.slice(1)}` as `notes${Capitalize<L>}`;
}
