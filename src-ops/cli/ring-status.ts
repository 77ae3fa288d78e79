import { createHash } from "node:crypto";
import type { Command } from "commander";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { DEFAULT_LANGUAGE } from "../../src-shared/languages.ts";
import { ok } from "../../src-shared/result.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { fail } from "../failure.ts";
import { releaseStates } from "../feed/index.ts";
import { readPolicy } from "../gates/index.ts";
import {
  type Assessment,
  type Audit,
  createRingAssessor,
  deadlinesOf,
  gateTexts,
  haltOriginOf,
  headline,
  logDecision,
  type RingStore,
  syncEnrolments,
  verdictWord,
} from "../server/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { feedKeysOption, feedOption, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";
import { describeDeadlines, describeProgress } from "./ring-progress.ts";

type StatusOptions = RingDataOptions & FeedOptions & { policy?: string; verdict?: string; ring?: Ring };

/** The command that shows the rings and their releases, and writes the verdict for the people who sign. */
export function addRingStatus(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("status")))
    .description("evaluate every ring now, and show the state of each release; no decision is recorded")
    .addOption(feedOption())
    .addOption(feedKeysOption())
    .option("--policy <file>", "a ring policy other than the one that ships with vaultctl")
    .option("--ring <ring>", "only this ring")
    .option("--verdict <file>", "write the verdict of --ring to a file, for `feed promote` and `feed validate`")
    .action((options: StatusOptions) =>
      host.run(options, async () => {
        const feed = feedLocationOf(options);
        if (!feed.ok) return feed;
        const { ring, verdict } = options;
        if (ring !== undefined && !RINGS.includes(ring))
          return fail("USAGE", `--ring must be one of ${RINGS.join(", ")}.`);
        if (verdict !== undefined && ring === undefined)
          return fail("USAGE", "--verdict needs the name of the ring: add --ring.");
        const policy = await readPolicy(options.policy);
        if (!policy.ok) return policy;
        const now = context.now();
        const ports = { feed: feed.value, policy: policy.value, now: () => now * 1_000 };
        const assessed = await withRingData(options, async (store) => {
          // People rely on this verdict when they sign, so it must count the computers that are enrolled now, even if no
          // server has read the register yet.
          const synced = await syncEnrolments(store, feed.value.keys, now * 1_000);
          if (!synced.ok) return synced;
          const evaluated = await createRingAssessor({ store, ...ports }).evaluate();
          if (!evaluated.ok) return evaluated;
          const { rings: all, log, feed: signed } = evaluated.value;
          const only = all.find((one) => one.ring === ring);
          if (verdict !== undefined && !only) {
            return fail("RING_EMPTY", `${ring} runs no release yet, so there is no verdict.`);
          }
          if (verdict !== undefined && only) await writeVerdict(store, only, verdict);
          return ok({ all, log, signed, deadlines: deadlinesOf(await store.incidents.open(), all, log) });
        });
        if (!assessed.ok) return assessed;
        const { all, log, signed, deadlines } = assessed.value;
        const rings = all.filter((one) => ring === undefined || one.ring === ring);
        const states = releaseStates(signed, policy.value.policy, now);
        return ok({
          json: { rings, states, deadlines, policyHash: policy.value.hash },
          lines: [
            ...rings.flatMap((one) => describeAssessment(one, log)),
            ...describeProgress(states),
            ...describeDeadlines(deadlines, now * 1_000),
          ],
        });
      }),
    );
}

/** Writes a verdict for the people who sign with it, and records it in the decision log. */
async function writeVerdict(store: RingStore, assessment: Assessment, file: string): Promise<void> {
  const { ring, build, verdict, policyHash, evidenceHash, assessedAt } = assessment;
  const text = `${JSON.stringify(assessment, null, 2)}\n`;
  const verdictHash = createHash("sha256").update(text).digest("hex");
  const entry = { kind: "verdict-given", ring, build, verdict, verdictHash, policyHash, evidenceHash } as const;
  await logDecision(store.decisions, assessedAt, entry);
  await writeFileAtomic(file, text);
}

/** The same words as in the console and the report, in English like every command. */
function describeAssessment(assessment: Assessment, log: Audit): string[] {
  const { ring, build, gates, operations, failed, verdict } = assessment;
  const word = verdictWord(assessment, DEFAULT_LANGUAGE);
  const sentence = headline(assessment, haltOriginOf(log, ring, build), DEFAULT_LANGUAGE);
  const open = gates.filter(({ outcome }) => outcome !== "pass").map((gate) => gateTexts(gate, DEFAULT_LANGUAGE));
  return [
    `${ring.padEnd(6)} ${build}  ${word} (${verdict}); ${failed} of ${operations} operations failed`,
    `       ${sentence}`,
    ...open.map(({ name, state, value, limit, reason }) => {
      return `       ${state.padEnd(8)} ${name}: ${[value, `limit ${limit}`, reason].filter(Boolean).join("; ")}`;
    }),
  ];
}
