import type { Sample } from "./exposition.ts";
import type { ReleaseReport } from "./release-report.ts";

/** Of a ring there is one release at a time, so these make three series of a name at most. */
export function labelsOf({ assessment }: ReleaseReport): Sample["labels"] {
  const { ring, version, build } = assessment;
  return { ring, version, build };
}

/** One sample of each release; `undefined`: there is nothing to say of it. */
export function each(
  reports: readonly ReleaseReport[],
  of: (report: ReleaseReport) => number | undefined,
): readonly Sample[] {
  return reports.flatMap((report) => {
    const value = of(report);
    return value === undefined ? [] : [{ labels: labelsOf(report), value }];
  });
}
