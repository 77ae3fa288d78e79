import { medianOf } from "../../gates/index.ts";
import { type Family, gauge } from "./exposition.ts";
import { each } from "./labels.ts";
import type { ReleaseReport } from "./release-report.ts";

/** The ratings of the release, and the open support tickets. */
export function peopleFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  return [
    gauge(
      "feedback_answers",
      "People who rated the release.",
      each(reports, ({ scores }) => scores.length),
    ),
    gauge(
      "feedback_median_score",
      "Median of the ratings, 0 to 10; absent before the first rating.",
      each(reports, ({ scores }) => medianOf(scores) ?? undefined),
    ),
    gauge(
      "feedback_lowest_score",
      "Lowest rating; absent before the first rating.",
      each(reports, ({ scores }) => (scores.length > 0 ? Math.min(...scores) : undefined)),
    ),
    gauge(
      "tickets_open",
      "Support tickets of the ring that are open.",
      each(reports, (report) => openIn(report).length),
    ),
    gauge(
      "oldest_open_ticket_timestamp_seconds",
      "When the oldest open ticket was opened; absent if none is open.",
      each(reports, (report) => {
        const times = openIn(report).map(({ openedAt }) => openedAt);
        return times.length > 0 ? Math.min(...times) / 1_000 : undefined;
      }),
    ),
  ];
}

function openIn({ tickets }: ReleaseReport): ReleaseReport["tickets"] {
  return tickets.filter(({ closedAt }) => closedAt === undefined);
}
