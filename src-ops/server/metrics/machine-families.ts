import { hasArrived, type MachineFacts, medianOf, type Steps } from "../../gates/index.ts";
import { type Family, gauge } from "./exposition.ts";
import { each, labelsOf } from "./labels.ts";
import type { ReleaseReport } from "./release-report.ts";

// A computer that has reached a later step counts for all earlier steps, even if it did not report them.
const UPDATE_STEPS = ["offered", "downloaded", "installed", "healthy"] as const satisfies readonly (keyof Steps)[];

/** How many computers there are, their update steps, and their memory use. No computer is identified. */
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
      "The ring's computers, silent ones included; at least the number that the policy requires.",
      each(reports, ({ expected }) => expected),
    ),
    gauge(
      "machines_reporting",
      "Computers that have reported recently with this release.",
      each(reports, ({ reporting }) => reporting),
    ),
    gauge(
      "machines_implausible",
      "Computers that reported more than one computer can do; the surplus does not count.",
      each(reports, ({ assessment }) => assessment.implausible.length),
    ),
    gauge("machines_updated", "Computers that have reached at least this step of the update.", funnel),
    gauge(
      "last_event_timestamp_seconds",
      "Time of the last event from a computer with this release; absent before the first event.",
      each(reports, (report) => {
        const times = reportingMachines(report).map(({ lastAt }) => lastAt);
        return times.length > 0 ? Math.max(...times) / 1_000 : undefined;
      }),
    ),
    gauge(
      "memory_median_bytes",
      "Median over computers of the app's highest private memory use.",
      each(reports, (report) => medianOf(memoryOf(report)) ?? undefined),
    ),
    gauge(
      "memory_highest_bytes",
      "The app's highest private memory use on any computer.",
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
  return reportingMachines(report).map(({ memory }) => Math.max(0, ...memory.map(({ highest }) => highest)));
}

function reportingMachines({ machines }: ReleaseReport): readonly (MachineFacts & { readonly lastAt: number })[] {
  return machines.flatMap(({ lastAt, ...rest }) => (lastAt === undefined ? [] : [{ ...rest, lastAt }]));
}
