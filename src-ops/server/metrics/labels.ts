import type { Sample } from "./exposition.ts";
import type { ReleaseReport } from "./release-report.ts";

/** Each ring runs one release at a time, so these labels give at most three series for each name. */
export function labelsOf({ assessment }: ReleaseReport): Sample["labels"] {
  const { ring, version, build } = assessment;
  return { ring, version, build };
}

/** One sample for each release; none for a release whose value is `undefined`. */
export function each(
  reports: readonly ReleaseReport[],
  of: (report: ReleaseReport) => number | undefined,
): readonly Sample[] {
  return reports.flatMap((report) => {
    const value = of(report);
    return value === undefined ? [] : [{ labels: labelsOf(report), value }];
  });
}
