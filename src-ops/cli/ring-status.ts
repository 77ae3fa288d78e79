import type { Command } from "commander";
import { DEFAULT_LANGUAGE } from "../../src-shared/languages.ts";
import { ok } from "../../src-shared/result.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { fail } from "../failure.ts";
import { releaseStates } from "../feed/index.ts";
import { readPolicy } from "../gates/index.ts";
import {
  type Assessment,
  type Audit,
  deadlinesOf,
  gateTexts,
  haltOriginOf,
  headline,
  verdictWord,
} from "../server/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { knownKeysOption, feedOption, withJson } from "./options.ts";
import { type RingDataOptions, withRingStoreOptions } from "./ring-options.ts";
import { evaluateRings, recordVerdict, writeVerdict } from "./ring-verdict.ts";
import { describeDeadlines, describeProgress } from "./ring-progress.ts";

type StatusOptions = RingDataOptions & FeedOptions & { policy?: string; verdict?: string; ring?: Ring };

/** The command that shows the rings and their releases, and writes the verdict for the people who sign. */
export function addRingStatus(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("status")))
    .description("evaluate every ring now, and show the state of each release; no decision is recorded")
    .addOption(feedOption())
    .addOption(knownKeysOption())
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
        const ports = { feed: feed.value, policy: policy.value, now };
        const assessed = await evaluateRings(options, ports, async (store, evaluation) => {
          const { rings: all, log, feed: signed } = evaluation;
          if (verdict !== undefined && ring !== undefined) {
            const written = await writeVerdict(evaluation, ring, verdict);
            if (!written.ok) return written;
            await recordVerdict(store, written.value);
          }
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
