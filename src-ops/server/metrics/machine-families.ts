import { hasArrived, type MachineFacts, medianOf, type Steps } from "../../gates/index.ts";
import { type Family, gauge } from "./exposition.ts";
import { each, labelsOf } from "./labels.ts";
import type { ReleaseReport } from "./release-report.ts";

// Each computer that came further has also come this far, whatever was heard of the way.
const UPDATE_STEPS = ["offered", "downloaded", "installed", "healthy"] as const satisfies readonly (keyof Steps)[];

/** How many computers there are, how far they came, and what they take: never which. */
export function machineFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const funnel = reports.flatMap((report) =>
    UPDATE_STEPS.map((step) => ({
      labels: { ...labelsOf(report), step },
      value: report.machines.filter((machine) => hasReached(machine, step)).length,
    })),
  );
  return [
    gauge(
      "machines_expected",
      "Computers that the ring has, silent ones included, and has to have.",
      each(reports, ({ expected }) => expected),
    ),
    gauge(
      "machines_reporting",
      "Computers that were heard lately on the release.",
      each(reports, ({ reporting }) => reporting),
    ),
    gauge("machines_updated", "Computers that came at least to this step of the update.", funnel),
    gauge(
      "last_event_timestamp_seconds",
      "The last moment that a computer told of on the release; absent before the first.",
      each(reports, (report) => {
        const times = reportingMachines(report).map(({ lastAt }) => lastAt);
        return times.length > 0 ? Math.max(...times) / 1_000 : undefined;
      }),
    ),
    gauge(
      "memory_median_bytes",
      "The median over computers of the most private memory that the app took.",
      each(reports, (report) => medianOf(memoryOf(report)) ?? undefined),
    ),
    gauge(
      "memory_highest_bytes",
      "The most private memory that the app took on any computer.",
      each(reports, (report) => {
        const sizes = memoryOf(report);
        return sizes.length > 0 ? Math.max(...sizes) : undefined;
      }),
    ),
  ];
}

function hasReached(machine: MachineFacts, step: (typeof UPDATE_STEPS)[number]): boolean {
  return (
    hasArrived(machine) ||
    UPDATE_STEPS.slice(UPDATE_STEPS.indexOf(step)).some((later) => machine.steps[later] !== undefined)
  );
}

function memoryOf(report: ReleaseReport): readonly number[] {
  return reportingMachines(report).map(({ memoryHighest }) => memoryHighest);
}

function reportingMachines({ machines }: ReleaseReport): readonly (MachineFacts & { readonly lastAt: number })[] {
  return machines.flatMap(({ lastAt, ...rest }) => (lastAt === undefined ? [] : [{ ...rest, lastAt }]));
}
