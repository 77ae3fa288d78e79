import { type Command, Option } from "commander";
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
  notesFr?: string;
  notesEn?: string;
};
type SecurityOptions = FeedOptions & { floor?: number; revoke: readonly BuildId[] };

const EPOCH = wholeNumber(0, 1e9);

/** What builds there are, and which of them nobody installs any more. */
export function addFeedBuilds(group: Command, host: Host, context: CommandContext): void {
  feedCommand(group, "add-build", "list the files of a build and print its id; no ring runs it yet")
    .argument("<file...>", "one package for each kind of machine")
    .requiredOption("--version <version>", "the app's version, like 1.2.3", FEED_VERSION)
    .requiredOption("--build-epoch <n>", "rises with each build that no rollback may undo", EPOCH)
    .addOption(new Option("--platform <platform>", "where the file name does not say it").choices(PLATFORMS))
    .addOption(new Option("--arch <architecture>", "where the file name does not say it").choices(ARCHITECTURES))
    .addOption(new Option("--kind <kind>", "where the file name does not say it").choices(PACKAGE_KINDS))
    .option("--notes-fr <text>", "what is new, in French: plain text, a line for each point")
    .option("--notes-en <text>", "the same in English")
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
  feedCommand(group, "security", "raise the security floor, or revoke builds: in every ring and for good")
    .option("--floor <epoch>", "no build with a lower epoch is installed any more", EPOCH)
    .option("--revoke <build>", "nobody installs this build any more; may stand several times", repeatable(BUILD), [])
    .action((options: SecurityOptions) =>
      changeFeed(host, context, options, async (transaction) => {
        const { floor, revoke } = options;
        if (floor === undefined && revoke.length === 0) return fail("USAGE", "Name --floor or --revoke. See --help.");
        return raiseSecurity(transaction, floor, revoke);
      }),
    );
  feedCommand(group, "lists", "bring the newest revocation list and key manifest into the feed").action(
    (options: FeedOptions) => changeFeed(host, context, options, publishLists),
  );
}

function notesOf({ notesFr, notesEn }: BuildOptions): Attempt<BuildOrder["notes"]> {
  if (notesFr === undefined && notesEn === undefined) return ok(undefined);
  if (notesFr !== undefined && notesEn !== undefined) return ok({ fr: notesFr, en: notesEn });
  return fail("USAGE", "Give the notes in both languages: --notes-fr and --notes-en. See --help.");
}
