import { type Command, Option } from "commander";
import * as v from "valibot";
import { ok } from "../../src-shared/result.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { BuildId, Version } from "../../src-shared/updates/index.ts";
import {
  type FeedTransaction,
  haltEverywhere,
  haltRing,
  liftedByFirstRelease,
  resumeRing,
  ringsHalting,
  rollBack,
  type TransactionResult,
} from "../feed/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  BUILD,
  BUILD_OR_VERSION,
  changeFeed,
  changeFeedInSteps,
  feedCommand,
  type FeedOptions,
  type FeedPlan,
  REASON,
} from "./feed-options.ts";
import { share } from "./feed-promote.ts";

const ring = () => new Option("--ring <ring>", "which ring").choices(RINGS);
const reason = () => new Option("--reason <text>", "why, for the record").argParser(REASON);

type HaltOptions = FeedOptions & { ring?: Ring; everywhere?: boolean; build?: BuildId; reason?: string };

async function halt(
  transaction: FeedTransaction,
  named: string | undefined,
  { ring: only, everywhere: isEverywhere = false, build: option, reason: why = "Stopped by hand" }: HaltOptions,
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

type RollbackOptions = FeedOptions & { ring?: Ring; to?: BuildId; reason?: string };

/** One step for each ring, the widest first: that is where most people still run the build. */
function rollbackSteps(named: readonly string[], { ring: only, to, reason: why }: RollbackOptions): Attempt<FeedPlan> {
  const rings = only === undefined ? named : [...named, only];
  const foreign = rings.find((name) => !RINGS.some((known) => known === name));
  if (foreign !== undefined) return fail("USAGE", `${foreign} is not one of ${RINGS.join(", ")}. See --help.`);
  if (rings.length === 0) return fail("USAGE", `Name the rings, such as ga ring1. See --help.`);
  const ordered = RINGS.toReversed().filter((name) => rings.includes(name));
  return ok({ steps: ordered.map((name) => (transaction) => rollBack(transaction, { ring: name, to, reason: why })) });
}

type ResumeOptions = FeedOptions & { ring?: Ring; build?: BuildId; basisPoints?: number; reason: string };

async function resumeSteps(
  transaction: FeedTransaction,
  named: string | undefined,
  { ring: only, build: option, basisPoints, reason: why }: ResumeOptions,
): Promise<Attempt<FeedPlan>> {
  if (named !== undefined && option !== undefined) return fail("USAGE", "The build is named twice. See --help.");
  const builds = named === undefined ? [option] : buildsNamed(transaction, named);
  const [build, ...others] = builds;
  if (named !== undefined && build === undefined)
    return fail("BUILD_UNKNOWN", `The feed has no build ${named}: see \`vaultctl feed status\`.`);
  if (others.length > 0) return fail("USAGE", `${named} has several builds: name one (${builds.join(", ")}).`);
  const resume = (one: Ring) => (each: FeedTransaction) => {
    // Several rings: the share is that of those which had the build.
    const isNew = only === undefined && !each.feed.documents.rings[one].offered.some((id) => id === build);
    return resumeRing(each, one, { build, basisPoints: isNew ? undefined : basisPoints }, why);
  };
  if (only !== undefined) return ok({ steps: [resume(only)] });
  if (build === undefined) return fail("USAGE", "Name the build, or the ring with --ring. See --help.");
  const { resumable, empty } = ringsHalting(transaction, build);
  const remedy = empty.length > 0 ? [liftedByFirstRelease(empty, build)] : [];
  if (resumable.length > 0)
    return ok({ steps: resumable.map(resume), json: { waitingForFirstRelease: empty }, lines: remedy });
  if (remedy[0] !== undefined) return fail("RING_EMPTY", remedy[0]);
  return fail("HALT_UNKNOWN", `Nothing of ${build} can be resumed: it is not halted.`);
}

/** The commands that stop a build, take a ring back, and let it go on. */
export function addFeedStops(group: Command, host: Host, context: CommandContext): void {
  feedCommand(group, "rollback", "return rings to a build that they ran before")
    .argument("[rings...]", "the rings, such as ga ring1")
    .addOption(ring())
    .addOption(
      new Option("--to <id>", "the build to return to (default: the last good one before the present)").argParser(
        BUILD,
      ),
    )
    .addOption(reason())
    .action((named: readonly string[], options: RollbackOptions) =>
      changeFeedInSteps(host, context, options, async () => rollbackSteps(named, options)),
    );
  feedCommand(group, "halt", "stop a build in a ring, or everywhere, at once; the server's key is enough")
    .argument("[build]", "the build or its version (default: the build that the ring runs)", BUILD_OR_VERSION)
    .addOption(ring())
    .option("--everywhere", "in every ring, also in those that do not have the build yet")
    .option("--build <id>", "the same as the argument", BUILD)
    .addOption(reason())
    .action((named: string | undefined, options: HaltOptions) =>
      changeFeed(host, context, options, async (transaction) => halt(transaction, named ?? options.build, options)),
    );
  feedCommand(group, "resume", "lift the halt of a build, with the keys of each ring in which it is halted")
    .argument("[build]", "the build or its version, in every ring in which it is halted", BUILD_OR_VERSION)
    .addOption(ring())
    .option("--build <id>", "the halted build (default: the one that the ring runs, or the only one)", BUILD)
    .addOption(share())
    .addOption(reason().makeOptionMandatory())
    .action((named: string | undefined, options: ResumeOptions) =>
      changeFeedInSteps(host, context, options, (transaction) => resumeSteps(transaction, named, options)),
    );
}
