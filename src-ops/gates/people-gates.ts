import { DAY, HOUR } from "../../src-shared/units.ts";
import type { ReleaseFacts } from "./facts.ts";
import { type Gate, gateOf } from "./gate.ts";
import { computersOf } from "./machine-gates.ts";
import type { RingPolicy } from "./policy.ts";
import { splitComputers } from "./robust.ts";
import { medianOf } from "./statistics.ts";

const MS_PER_HOUR = HOUR * 1_000;
const WEEK_MS = 7 * DAY * 1_000;

/** The gates about the pilots. A mean of three to five people says nothing, so fixed rules decide. */
export function peopleGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  const { people } = policy;
  if (!people) return [];
  return [
    feedbackGate(facts, policy, people.feedback),
    ticketGate(facts, people.tickets),
    adoptionGate(facts, policy, people.adoption),
  ];
}

type People = NonNullable<RingPolicy["people"]>;

// Passes when everyone has answered, the median is at least `median`, and no score is below `lowest`.
function feedbackGate(facts: ReleaseFacts, policy: RingPolicy, rule: People["feedback"]): Gate {
  const { scores, asked } = facts;
  const need = Math.max(asked, policy.machines.needed);
  const value = medianOf(scores);
  const gate = (outcome: Gate["outcome"], missing: Gate["missing"] = null) =>
    gateOf("feedback", outcome, "points", value, rule.median, { missing });
  // The answers of too few people can neither cause nor hide a halt.
  const { middle, doubtful } = splitComputers(scores, (score) => -score, policy.machines.haltComputers);
  const isLow = (some: readonly number[]) => (medianOf(some) ?? 10) < rule.haltMedianBelow;
  if (scores.length >= rule.haltAnswers && isLow(middle)) return gate("halt");
  if (scores.length < need) return gate("hold", { what: "answers", have: scores.length, need });
  const isGood =
    value !== null && !isLow(doubtful) && value >= rule.median && scores.every((score) => score >= rule.lowest);
  return gate(isGood ? "pass" : "hold");
}

function ticketGate({ tickets, now }: ReleaseFacts, rule: People["tickets"]): Gate {
  const recent = tickets.filter(({ openedAt }) => openedAt > now - WEEK_MS);
  const isLate = recent.some(
    ({ openedAt, closedAt }) => (closedAt ?? now) - openedAt > rule.resolvedWithinHours * MS_PER_HOUR,
  );
  // An older ticket that is still open is late as well.
  const isForgotten = tickets.some(({ openedAt, closedAt }) => closedAt === undefined && openedAt <= now - WEEK_MS);
  const outcome = recent.length <= rule.perWeek && !isLate && !isForgotten ? "pass" : "hold";
  return gateOf("tickets", outcome, "count", recent.length, rule.perWeek);
}

function adoptionGate(facts: ReleaseFacts, policy: RingPolicy, rule: People["adoption"]): Gate {
  const computers = computersOf(facts, policy);
  const shares = rule.features.map(
    (feature) => facts.machines.filter(({ features }) => features.some((used) => used === feature)).length / computers,
  );
  const value = Math.min(1, ...shares);
  return gateOf("adoption", value >= rule.share ? "pass" : "hold", "share", value, rule.share);
}
