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

/** The command that checks whether the decision log is complete and matches the signed feed. */
export function addRingAudit(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("audit")))
    .description("verify the decision log from its beginning")
    .option("--head <hash>", "the head that an earlier audit printed: the log must still contain it")
    .option("--repo <folder>", "the folder of a feed: its promotions must match the log")
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
            lines: [
              ...decisions.flatMap(describeOverrides),
              `${decisions.length} decisions, the log is complete. Head: ${head}`,
            ],
          });
        }),
      ),
    );
}

function faultOf({ brokenAt, heads }: Audit, head: string | undefined): string | undefined {
  if (brokenAt !== undefined) return `Line ${brokenAt} of the decision log was changed after it was written.`;
  if (head === undefined || heads.includes(head)) return undefined;
  return "The decision log does not contain that head: its end was cut off, or it is another log.";
}

async function feedFaults(
  options: AuditOptions,
  log: Audit,
  context: CommandContext,
): Promise<Attempt<readonly string[]>> {
  if (options.repo === undefined) return ok([]);
  const location = feedLocationOf(options);
  if (!location.ok) return location;
  const status = await feedStatus(location.value.repo, location.value.keys, context.now());
  return status.ok ? ok(auditFeed(status.value, log)) : status;
}

function describeOverrides({ decision }: Audit["decisions"][number]): string[] {
  if (decision.kind !== "promotion") return [];
  const { ring, build, overrides } = decision;
  return overrides.map(({ code, reason }) => `${ring} ${build}: override ${code}, ${reason}`);
}
