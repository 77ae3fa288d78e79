import { type Command, Option } from "commander";
import * as v from "valibot";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { LANES, type LaneName } from "../gates/index.ts";
import {
  type FeedTransaction,
  haltEverywhere,
  haltRing,
  type TransactionResult,
  OVERRIDES,
  type OverrideCode,
  releaseBuild,
  type ReleaseOrder,
  resumeRing,
  rollBack,
  setFlags,
  validateRing,
} from "../feed/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  BUILD,
  BUILD_OR_VERSION,
  changeFeed,
  FEED_VERSION,
  feedCommand,
  type FeedOptions,
  type FlagOptions,
  flagsOf,
  OVERRIDE,
  policyOption,
  REASON,
  withFlags,
} from "./feed-options.ts";
import { repeatable, wholeNumber } from "./options.ts";
import { BuildId, EVERYONE, Version } from "../../src-shared/updates/index.ts";

type ReleaseOptions = FeedOptions &
  FlagOptions & {
    ring: Ring;
    build: BuildId;
    basisPoints?: number;
    critical?: boolean;
    minSource?: Version;
    reason?: string;
    verdict?: string;
    checklist?: string;
    lane?: LaneName;
    override?: readonly OverrideCode[];
  };
type RingOptions = FeedOptions & { ring: Ring; reason: string };

const ring = (...rings: readonly Ring[]) =>
  new Option("--ring <ring>", "which ring").choices(rings).makeOptionMandatory();
const build = () => new Option("--build <id>", "the build").argParser(BUILD).makeOptionMandatory();
const reason = () => new Option("--reason <text>", "why, for the record").argParser(REASON);
const share = () =>
  new Option("--basis-points <n>", "the share of the ring's machines; 10000 means all").argParser(
    wholeNumber(0, EVERYONE),
  );

type HaltOptions = FeedOptions & { ring?: Ring; everywhere?: boolean; build?: BuildId; reason: string };

async function halt(
  transaction: FeedTransaction,
  named: string | undefined,
  { ring: only, everywhere: isEverywhere = false, build: option, reason: why }: HaltOptions,
): Promise<Attempt<TransactionResult>> {
  if (option !== undefined && named !== option) return fail("USAGE", "The build is named twice. See --help.");
  if ((only !== undefined) === isEverywhere) return fail("USAGE", "Name one of --ring and --everywhere. See --help.");
  const builds = named === undefined ? [] : buildsNamed(transaction, named);
  if (named !== undefined && builds.length === 0)
    return fail("BUILD_UNKNOWN", `The feed has no build ${named}: see \`vaultctl feed status\`.`);
  const [first, ...others] = builds;
  if (only === undefined) {
    if (first === undefined) return fail("USAGE", "--everywhere needs the build or its version. See --help.");
    return haltEverywhere(transaction, builds, why);
  }
  if (others.length > 0)
    return fail("USAGE", `${named} has several builds: name one (${builds.join(", ")}), or halt with --everywhere.`);
  return haltRing(transaction, only, first, why);
}

/** The builds of this id or version. A build that the feed does not list may be halted too, by its id. */
function buildsNamed({ feed }: FeedTransaction, named: string): readonly BuildId[] {
  const listed = [...feed.documents.builds.values()].filter(({ id, version }) => named === id || named === version);
  if (listed.length > 0) return listed.map(({ id }) => id);
  return v.is(BuildId, named) && !v.is(Version, named) ? [named] : [];
}

function orderOf({ override = [], ...options }: ReleaseOptions): ReleaseOrder {
  return { ...options, overrides: override, flags: flagsOf(options) };
}

/** The commands that change what a ring runs: release, promote, roll back, halt and resume. */
export function addFeedReleases(group: Command, host: Host, context: CommandContext): void {
  const release = (command: Command) =>
    withFlags(command)
      .addOption(build())
      .option("--critical", "a security release: it goes to all machines, whatever the share")
      .option("--no-critical", "the release is no longer critical")
      .option("--min-source <version>", "the oldest version that may update directly to it", FEED_VERSION)
      .addOption(reason())
      .action((options: ReleaseOptions) =>
        changeFeed(host, context, options, (transaction) => releaseBuild(transaction, orderOf(options))),
      );
  release(feedCommand(group, "release", "release a build to ring0").addOption(ring("ring0")));
  release(
    feedCommand(group, "promote", "promote a build to the next ring after it has passed in the ring before")
      .addOption(ring("ring1", "ga"))
      .addOption(share())
      .option("--verdict <file>", "the verdict of the gates on the previous ring or the previous share")
      .option("--checklist <file>", "the completed checklist from `ring checklist`; not needed for a larger share")
      .addOption(policyOption())
      .addOption(new Option("--lane <lane>", "a hotfix with a shorter observation time; needs --reason").choices(LANES))
      .option(
        "--override <code>",
        `override a refusal; needs --reason: ${OVERRIDES.join(", ")}`,
        repeatable(OVERRIDE),
        [],
      ),
  );
  feedCommand(group, "validate", "sign with a ring's keys that a build has passed there")
    .addOption(ring(...RINGS))
    .requiredOption("--verdict <file>", "the verdict of the gates")
    .addOption(policyOption())
    .action((options: FeedOptions & { ring: Ring; verdict: string }) =>
      changeFeed(host, context, options, (transaction) => validateRing(transaction, options.ring, options.verdict)),
    );
  feedCommand(group, "rollback", "return a ring to a build that it ran before")
    .addOption(ring(...RINGS))
    .addOption(new Option("--to <id>", "the build to return to").argParser(BUILD).makeOptionMandatory())
    .addOption(reason().makeOptionMandatory())
    .action((options: RingOptions & { to: BuildId }) =>
      changeFeed(host, context, options, (transaction) =>
        rollBack(transaction, options.ring, options.to, options.reason),
      ),
    );
  feedCommand(group, "halt", "stop a build in a ring, or everywhere, at once; the server's key is enough")
    .argument("[build]", "the build or its version (default: the build that the ring runs)", BUILD_OR_VERSION)
    .addOption(new Option("--ring <ring>", "which ring").choices(RINGS))
    .option("--everywhere", "in every ring, also in those that do not have the build yet")
    .option("--build <id>", "the same as the argument", BUILD)
    .addOption(reason().makeOptionMandatory())
    .action((named: string | undefined, options: HaltOptions) =>
      changeFeed(host, context, options, async (transaction) => halt(transaction, named ?? options.build, options)),
    );
  feedCommand(group, "resume", "lift a halt of a ring, with the ring's own keys")
    .addOption(ring(...RINGS))
    .option("--build <id>", "the halted build (default: the one that the ring runs, or the only one)", BUILD)
    .addOption(share())
    .addOption(reason().makeOptionMandatory())
    .action((options: RingOptions & { build?: BuildId; basisPoints?: number }) =>
      changeFeed(host, context, options, (transaction) =>
        resumeRing(transaction, options.ring, options, options.reason),
      ),
    );
  withFlags(feedCommand(group, "flags", "change signed feature flags of a ring without a new build"))
    .addOption(ring(...RINGS))
    .addOption(reason().makeOptionMandatory())
    .action((options: RingOptions & FlagOptions) =>
      changeFeed(host, context, options, (transaction) =>
        setFlags(transaction, options.ring, flagsOf(options), options.reason),
      ),
    );
}
