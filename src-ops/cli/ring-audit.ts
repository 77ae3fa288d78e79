import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { feedStatus } from "../feed/index.ts";
import { type Audit, auditDecisions, auditFeed } from "../server/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

type AuditOptions = RingDataOptions & FeedOptions & { head?: string };

/** Whether the log of what was decided is whole, and says the same as what was signed. */
export function addRingAudit(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("audit")))
    .description("follow the log of decisions from its beginning")
    .option("--head <hash>", "the head that an earlier audit printed: it has to be in the log still")
    .option("--repo <folder>", "a feed: why its rings run their builds has to agree with the log")
    .option("--keys <folder>", "the publisher's key folder")
    .action((options: AuditOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const log = await auditDecisions(store.decisions);
          const { decisions, head } = log;
          const found = { decisions: decisions.length, head };
          const fault = faultOf(log, options.head);
          if (fault !== undefined) {
            return fail("AUDIT_FAILED", fault, {
              ...found,
              ...(log.brokenAt === undefined ? {} : { brokenAt: log.brokenAt }),
            });
          }
          const faults = await feedFaults(options, log, context);
          if (!faults.ok) return faults;
          if (faults.value.length > 0) return fail("AUDIT_FAILED", `${faults.value.join("; ")}.`, found);
          return ok({
            json: { ...found, log: decisions },
            words: [...decisions.flatMap(overrideWords), `${decisions.length} decisions, whole. Head: ${head}`],
          });
        }),
      ),
    );
}

function faultOf({ brokenAt, heads }: Audit, head: string | undefined): string | undefined {
  if (brokenAt !== undefined) return `Line ${brokenAt} of the decision log is not as it was written.`;
  if (head === undefined || heads.includes(head)) return undefined;
  return "The decision log does not hold that head: its end was cut off, or it is another.";
}

async function feedFaults(
  options: AuditOptions,
  log: Audit,
  context: CommandContext,
): Promise<Attempt<readonly string[]>> {
  if (options.repo === undefined) return ok([]);
  const place = feedLocationOf(options);
  if (!place.ok) return place;
  const status = await feedStatus(place.value.repo, place.value.keys, context.now());
  return status.ok ? ok(auditFeed(status.value, log)) : status;
}

function overrideWords({ decision }: Audit["decisions"][number]): string[] {
  if (decision.kind !== "promotion") return [];
  const { ring, build, overrides } = decision;
  return overrides.map(({ code, reason }) => `${ring} ${build}: set aside ${code}, ${reason}`);
}
