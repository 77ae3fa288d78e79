import type { Command } from "commander";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { fail } from "../failure.ts";
import { readPolicy } from "../policy/index.ts";
import { type Assessment, assessRings, auditDecisions } from "../rings/index.ts";
import type { Host } from "../terminal/index.ts";
import type { World } from "./command-line.ts";
import { type FeedOptions, placeOf } from "./feed-options.ts";
import { withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingPlace } from "./ring-options.ts";

type StatusOptions = RingDataOptions & FeedOptions & { policy?: string; verdict?: string; ring?: Ring };

/** How the rings fare, and whether the log of what was decided is whole. */
export function addRingStatus(group: Command, host: Host, world: World): void {
  withRingPlace(withJson(group.command("status")))
    .description("judge every ring as it is now; nothing is decided")
    .option("--repo <folder>", "the folder of the feed")
    .option("--keys <folder>", "the publisher's key folder")
    .option("--policy <file>", "another policy than the one that ships")
    .option("--ring <ring>", "only this one")
    .option("--verdict <file>", "write the verdict of --ring to a file, for `feed promote` and `feed validate`")
    .action((options: StatusOptions) =>
      host.run(options, async () => {
        const feed = placeOf(options);
        if (!feed.ok) return feed;
        const { ring, verdict } = options;
        if (ring !== undefined && !RINGS.includes(ring)) return fail("USAGE", `--ring is one of ${RINGS.join(", ")}.`);
        if (verdict !== undefined && ring === undefined)
          return fail("USAGE", "--verdict is of one ring: name it with --ring.");
        const policy = await readPolicy(options.policy);
        if (!policy.ok) return policy;
        const assessed = await withRingData(options, (store) =>
          assessRings({ store, feed: feed.value, policy: policy.value, now: () => world.now() * 1_000 }),
        );
        if (!assessed.ok) return assessed;
        const rings = assessed.value.filter((one) => ring === undefined || one.ring === ring);
        const [only] = rings;
        if (verdict !== undefined) {
          if (!only) return fail("RING_EMPTY", `${ring} runs nothing yet: there is nothing to judge.`);
          await writeFileAtomic(verdict, `${JSON.stringify(only, null, 2)}\n`);
        }
        return ok({ json: { rings, policyHash: policy.value.hash }, words: rings.flatMap(wordsOf) });
      }),
    );
  withRingPlace(withJson(group.command("audit")))
    .description("follow the log of decisions from its beginning")
    .option("--head <hash>", "the head that an earlier audit printed: it has to be in the log still")
    .action((options: RingDataOptions & { head?: string }) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const { decisions, head, heads, brokenAt } = await auditDecisions(store.decisions);
          const found = { decisions: decisions.length, head };
          if (brokenAt !== undefined) {
            return fail("AUDIT_FAILED", `Line ${brokenAt} of the decision log is not as it was written.`, {
              ...found,
              brokenAt,
            });
          }
          if (options.head !== undefined && !heads.includes(options.head)) {
            return fail(
              "AUDIT_FAILED",
              "The decision log does not hold that head: its end was cut off, or it is another.",
              found,
            );
          }
          return ok({
            json: { ...found, log: decisions },
            words: [`${decisions.length} decisions, whole. Head: ${head}`],
          });
        }),
      ),
    );
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
