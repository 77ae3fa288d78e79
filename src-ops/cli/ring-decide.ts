import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { auditDecisions, INCIDENT_DECISIONS, type IncidentDecision, logDecision } from "../server/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { REASON } from "./feed-options.ts";
import { textLike, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

type DecideOptions = RingDataOptions & { decision: IncidentDecision; reason: string; by: string };

const BY = textLike(/^[a-z][a-z0-9._-]{0,31}$/, "a name in lower case, such as ann.lee");
const INCIDENT = textLike(/^[a-z0-9_-]{1,80}$/, "the incident's name, as its alert shows it");

/**
 * The command that records people's decision on an incident. It ends the deadline, but does not change the feed.
 */
export function addRingDecide(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("decide")))
    .description("record the decision on an incident and its reason")
    .argument("<incident>", "the incident's name in the alert", INCIDENT)
    .addOption(new Option("--decision <decision>", "the decision").choices(INCIDENT_DECISIONS).makeOptionMandatory())
    .addOption(new Option("--reason <text>", "why, for the record").argParser(REASON).makeOptionMandatory())
    .addOption(new Option("--by <name>", "who decided").argParser(BY).makeOptionMandatory())
    .action((id: string, options: DecideOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const incident = (await store.incidents.open()).find((one) => one.id === id);
          if (!incident) return fail("INCIDENT_UNKNOWN", `No incident ${id} is open.`);
          const { ring, version } = incident;
          const { decision, reason, by } = options;
          const log = await auditDecisions(store.decisions);
          const watched = log.decisions.findLast(
            (one) => one.decision.kind === "watch" && one.decision.ring === ring && one.decision.version === version,
          );
          const build = watched?.decision.build ?? version;
          const entry = { kind: "incident-decided", ring, build, incident: id, decision, reason, by } as const;
          await logDecision(store.decisions, context.now() * 1_000, entry);
          return ok({ json: { id, ring, decision }, lines: [`${id}: ${decision}, by ${by}.`] });
        }),
      ),
    );
}
