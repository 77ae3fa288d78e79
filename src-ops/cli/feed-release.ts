import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { releaseBuild, setFlags, validateRing } from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  changeFeed,
  feedCommand,
  type FeedOptions,
  type FlagOptions,
  flagsOf,
  policyOption,
  REASON,
  withFlags,
} from "./feed-options.ts";
import { addFeedPromote, build, orderOf, type ReleaseOptions, withReleaseOptions } from "./feed-promote.ts";

type RingOptions = FeedOptions & { ring: Ring; reason: string };

const ring = (...rings: readonly Ring[]) =>
  new Option("--ring <ring>", "which ring").choices(rings).makeOptionMandatory();
const reason = () => new Option("--reason <text>", "why, for the record").argParser(REASON);

/** The commands that change what a ring runs: release, promote, validate and flags. */
export function addFeedReleases(group: Command, host: Host, context: CommandContext): void {
  withReleaseOptions(feedCommand(group, "release", "release a build to ring0").addOption(ring("ring0")))
    .addOption(build().makeOptionMandatory())
    .action((options: ReleaseOptions & { build: BuildId }) =>
      changeFeed(host, context, options, (transaction) => releaseBuild(transaction, orderOf(options))),
    );
  addFeedPromote(group, host, context);
  feedCommand(group, "validate", "sign with a ring's keys that a build has passed there")
    .addOption(ring(...RINGS))
    .requiredOption("--verdict <file>", "the verdict of the gates")
    .addOption(policyOption())
    .action((options: FeedOptions & { ring: Ring; verdict: string }) =>
      changeFeed(host, context, options, (transaction) => validateRing(transaction, options.ring, options.verdict)),
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
