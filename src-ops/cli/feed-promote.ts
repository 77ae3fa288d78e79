import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { type BuildId, EVERYONE, type Version } from "../../src-shared/updates/index.ts";
import { LANES, type LaneName, readPolicy } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  CHECKED_RINGS,
  type CheckedRing,
  type FeedLocation,
  OVERRIDES,
  type OverrideCode,
  releaseBuild,
  type ReleaseOrder,
  withFeedTransaction,
} from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  BUILD,
  FEED_VERSION,
  feedCommand,
  feedLocationOf,
  type FeedOptions,
  type FlagOptions,
  flagsOf,
  OVERRIDE,
  policyOption,
  REASON,
  withFlags,
} from "./feed-options.ts";
import { describeResult } from "./describe-feed-change.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { repeatable, wholeNumber } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";
import { recordVerdict, type WrittenVerdict } from "./ring-verdict.ts";

export type ReleaseOptions = FeedOptions &
  FlagOptions & {
    ring: Ring;
    build?: BuildId;
    basisPoints?: number;
    critical?: boolean;
    minSource?: Version;
    reason?: string;
    liftHalt?: boolean;
    verdict?: string;
    checklist?: string;
    lane?: LaneName;
    override?: readonly OverrideCode[];
  };

export const build = () => new Option("--build <id>", "the build").argParser(BUILD);
export const share = () =>
  new Option("--basis-points <n>", "the share of the ring's machines; 10000 means all").argParser(
    wholeNumber(0, EVERYONE),
  );

export function withReleaseOptions(command: Command): Command {
  return withFlags(command)
    .option("--critical", "a security release: it goes to all machines, whatever the share")
    .option("--no-critical", "the release is no longer critical")
    .option("--min-source <version>", "the oldest version that may update directly to it", FEED_VERSION)
    .option("--lift-halt", "lift the halt of the build, in a ring that runs nothing yet; needs --reason")
    .addOption(new Option("--reason <text>", "why, for the record").argParser(REASON));
}

export function orderOf({ override = [], ...options }: ReleaseOptions & { build: BuildId }): ReleaseOrder {
  return { ...options, overrides: override, flags: flagsOf(options) };
}

type PromoteOptions = Omit<ReleaseOptions, "ring"> & RingDataOptions & { ring?: CheckedRing };

/** `vaultctl feed promote`: with everything named by options, or with the ring alone and everything gathered. */
export function addFeedPromote(group: Command, host: Host, context: CommandContext): void {
  const command = feedCommand(
    group,
    "promote",
    "promote a build to the next ring after it has passed in the ring before",
  );
  withRingStoreOptions(withReleaseOptions(command))
    .argument("[ring]", `${CHECKED_RINGS.join(" or ")}: gathers build, verdict, checklist and evidence for it`)
    .addOption(
      new Option("--ring <ring>", "which ring, with --build, --verdict and --checklist").choices(CHECKED_RINGS),
    )
    .addOption(build())
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
    )
    .action((named: string | undefined, options: PromoteOptions) =>
      host.run(options, async (job) => {
        const location = feedLocationOf(options);
        if (!location.ok) return location;
        // Gathering reads the ring server's data, which takes its time: a halt must not wait for it.
        const found = named === undefined ? orderNamed(options) : await gather(named, options, location.value, context);
        if (!found.ok) return found;
        const { order, lines, written } = found.value;
        // People are given the verdict of a promotion that is accepted, and none of a refused one.
        const record = () =>
          withRingData(options, async (store) => ok(written && (await recordVerdict(store, written))));
        const changed = await withFeedTransaction(location.value, context.now(), (transaction) =>
          releaseBuild(transaction, order, written && record),
        );
        return changed.ok ? ok(describeResult(job, changed.value, lines)) : changed;
      }),
    );
}

/** What is promoted, and what to say about how it was found. */
type Promotion = {
  readonly order: ReleaseOrder;
  readonly lines: readonly string[];
  /** The verdict that was made for it. */
  readonly written?: WrittenVerdict;
};

function orderNamed(options: PromoteOptions): Attempt<Promotion> {
  const { ring, build: id } = options;
  if (ring !== undefined && id !== undefined) return ok({ order: orderOf({ ...options, ring, build: id }), lines: [] });
  return fail("USAGE", "Name the ring, as in `vaultctl feed promote ring1`, or --ring and --build. See --help.");
}

async function gather(
  named: string,
  options: PromoteOptions,
  feed: FeedLocation,
  context: CommandContext,
): Promise<Attempt<Promotion>> {
  const ring = CHECKED_RINGS.find((name) => name === named);
  if (!ring || options.ring !== undefined || options.verdict !== undefined || options.checklist !== undefined) {
    const alone = "without --ring, --verdict and --checklist, which are gathered";
    return fail("USAGE", `Name one ring of ${CHECKED_RINGS.join(", ")}, ${alone}. See --help.`);
  }
  const policy = await readPolicy(options.policy);
  if (!policy.ok) return policy;
  const gathered = await gatherEvidence(
    options,
    { feed, policy: policy.value, now: context.now() },
    ring,
    options.build,
  );
  if (!gathered.ok) return gathered;
  const { build: id, verdict, checklist, lines, written } = gathered.value;
  return ok({ order: { ...orderOf({ ...options, ring, build: id }), verdict, checklist }, lines, written });
}
