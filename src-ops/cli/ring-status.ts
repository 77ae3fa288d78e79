import { createHash } from "node:crypto";
import type { Command } from "commander";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { fail } from "../failure.ts";
import { releaseStates } from "../feed/index.ts";
import { readPolicy } from "../gates/index.ts";
import {
  type Assessment,
  createRingAssessor,
  deadlinesOf,
  logDecision,
  type RingStore,
  syncEnrolments,
} from "../server/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";
import { describeDeadlines, describeProgress } from "./ring-progress.ts";

type StatusOptions = RingDataOptions & FeedOptions & { policy?: string; verdict?: string; ring?: Ring };

/** How the rings fare, where their releases are, and the verdict for whoever signs. */
export function addRingStatus(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("status")))
    .description("judge every ring as it is now, and show where each release is; nothing is decided")
    .option("--repo <folder>", "the folder of the feed")
    .option("--keys <folder>", "the publisher's key folder")
    .option("--policy <file>", "another policy than the one that ships")
    .option("--ring <ring>", "only this one")
    .option("--verdict <file>", "write the verdict of --ring to a file, for `feed promote` and `feed validate`")
    .action((options: StatusOptions) =>
      host.run(options, async () => {
        const feed = feedLocationOf(options);
        if (!feed.ok) return feed;
        const { ring, verdict } = options;
        if (ring !== undefined && !RINGS.includes(ring)) return fail("USAGE", `--ring is one of ${RINGS.join(", ")}.`);
        if (verdict !== undefined && ring === undefined)
          return fail("USAGE", "--verdict is of one ring: name it with --ring.");
        const policy = await readPolicy(options.policy);
        if (!policy.ok) return policy;
        const now = context.now();
        const ports = { feed: feed.value, policy: policy.value, now: () => now * 1_000 };
        const assessed = await withRingData(options, async (store) => {
          // People sign by this verdict: it counts the computers that are enrolled now, also where no server has looked.
          const synced = await syncEnrolments(store, feed.value.keys, now * 1_000);
          if (!synced.ok) return synced;
          const evaluated = await createRingAssessor({ store, ...ports }).evaluate();
          if (!evaluated.ok) return evaluated;
          const { rings: all, log, feed: signed } = evaluated.value;
          const only = all.find((one) => one.ring === ring);
          if (verdict !== undefined && !only) {
            return fail("RING_EMPTY", `${ring} runs nothing yet: there is nothing to judge.`);
          }
          if (verdict !== undefined && only) await giveVerdict(store, only, verdict);
          return ok({ all, signed, deadlines: deadlinesOf(await store.incidents.open(), all, log) });
        });
        if (!assessed.ok) return assessed;
        const { all, signed, deadlines } = assessed.value;
        const rings = all.filter((one) => ring === undefined || one.ring === ring);
        const states = releaseStates(signed, policy.value.policy, now);
        return ok({
          json: { rings, states, deadlines, policyHash: policy.value.hash },
          words: [...rings.flatMap(wordsOf), ...describeProgress(states), ...describeDeadlines(deadlines, now * 1_000)],
        });
      }),
    );
}

/** Writes a verdict for whoever may sign by it, and enters that it was given. */
async function giveVerdict(store: RingStore, assessment: Assessment, file: string): Promise<void> {
  const { ring, build, verdict, policyHash, evidenceHash, assessedAt } = assessment;
  const text = `${JSON.stringify(assessment, null, 2)}\n`;
  const verdictHash = createHash("sha256").update(text).digest("hex");
  const given = { kind: "verdict-given", ring, build, verdict, verdictHash, policyHash, evidenceHash } as const;
  await logDecision(store.decisions, assessedAt, given);
  await writeFileAtomic(file, text);
}

function wordsOf({ ring, build, verdict, isHalted, timeIsUp, gates, operations, failed }: Assessment): string[] {
  const state = [verdict, ...(isHalted ? ["HALTED"] : []), ...(timeIsUp ? ["time is up: people decide"] : [])].join(
    ", ",
  );
  const open = gates.filter(({ outcome }) => outcome !== "pass");
  return [
    `${ring.padEnd(6)} ${build}  ${state}; ${failed} of ${operations} operations failed`,
    ...open.map(({ gate, outcome, why }) => `       ${outcome.padEnd(5)} ${gate}: ${why}`),
  ];
}
