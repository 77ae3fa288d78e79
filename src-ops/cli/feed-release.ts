import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { LANES, type LaneName } from "../gates/index.ts";
import {
  haltRing,
  OVERRIDES,
  type OverrideCode,
  releaseBuild,
  type ReleaseOrder,
  resumeRing,
  rollBack,
  setFlags,
  validateRing,
} from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  BUILD,
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
import { type BuildId, EVERYONE, type Version } from "../../src-shared/updates/index.ts";

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
  feedCommand(group, "halt", "stop a build in a ring at once; the server's key is enough")
    .addOption(ring(...RINGS))
    .option("--build <id>", "the build (default: the one that the ring runs)", BUILD)
    .addOption(reason().makeOptionMandatory())
    .action((options: RingOptions & { build?: BuildId }) =>
      changeFeed(host, context, options, (transaction) =>
        haltRing(transaction, options.ring, options.build, options.reason),
      ),
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
