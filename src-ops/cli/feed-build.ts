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
import { addBuild, type BuildOrder, publishLists, raiseSecurity } from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { BUILD, changeFeed, FEED_VERSION, feedCommand, type FeedOptions } from "./feed-options.ts";
import { repeatable, wholeNumber } from "./options.ts";
import { ok } from "../../src-shared/result.ts";

type BuildOptions = FeedOptions & {
  version: Version;
  buildEpoch: number;
  platform?: Platform;
  arch?: Architecture;
  kind?: PackageKind;
} & { readonly [option in `notes${Capitalize<Language>}`]?: string };
type SecurityOptions = FeedOptions & { floor?: number; revoke: readonly BuildId[] };

const EPOCH = wholeNumber(0, 1e9);

/** The commands on builds: add them, and exclude builds from installation. */
export function addFeedBuilds(group: Command, host: Host, context: CommandContext): void {
  const add = feedCommand(
    group,
    "add-build",
    "add the files of a build to the feed and print its id; no ring runs it yet",
  )
    .argument("<file...>", "the packages of the build, one for each platform, architecture and package kind")
    .requiredOption("--version <version>", "the app's version, like 1.2.3", FEED_VERSION)
    .requiredOption("--build-epoch <n>", "raise it with each build that must not be rolled back", EPOCH)
    .addOption(new Option("--platform <platform>", "if the file name does not contain it").choices(PLATFORMS))
    .addOption(new Option("--arch <architecture>", "if the file name does not contain it").choices(ARCHITECTURES))
    .addOption(new Option("--kind <kind>", "if the file name does not contain it").choices(PACKAGE_KINDS))
    .action((files: readonly string[], options: BuildOptions) =>
      changeFeed(
        host,
        context,
        options,
        async (transaction, job) => {
          const notes = notesOf(options);
          if (!notes.ok) return notes;
          const { version, buildEpoch, platform, arch, kind } = options;
          const given = { ...(platform && { platform }), ...(arch && { arch }), ...(kind && { kind }) };
          return addBuild(transaction, { files, version, buildEpoch, given, notes: notes.value }, job.signal);
        },
        ({ build }) => [`Build ${build}`],
      ),
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
