import { type Command, InvalidArgumentError, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { readPolicy } from "../gates/index.ts";
import { simulate, type Simulated } from "../simulator/index.ts";
import type { Host } from "./host.ts";
import { wholeNumber, withJson } from "./options.ts";

type SimulateOptions = {
  ring: "ring0" | "ring1";
  errorRate: number;
  fleets: number;
  seed: number;
  prevalence: number;
  loss: number;
  delayH: number;
  skewH: number;
  offline: number;
  path: "fast" | "full";
  policy?: string;
  json?: true;
};

/** The command that tests a policy on simulated fleets before it is used for a real one. */
export function addRingSimulate(group: Command, host: Host): void {
  withJson(group.command("simulate"))
    .description("compute how often a release of a given quality would pass, be halted or stay inconclusive")
    .addOption(
      new Option("--ring <ring>", "the ring to simulate; ring1 includes ring0 first")
        .choices(["ring0", "ring1"])
        .makeOptionMandatory(),
    )
    .requiredOption("--error-rate <share>", "the share of operations that fail, 0 to 1", share)
    .option("--fleets <n>", "the number of fleets", wholeNumber(1, 10_000_000), 1_000)
    .option("--seed <n>", "the same seed gives the same fleets", wholeNumber(0, 2 ** 48), 1)
    .option("--prevalence <share>", "the share of computers that have the fault", share, 1)
    .option("--loss <share>", "the share of events that never arrive", share, 0)
    .option("--delay-h <hours>", "the mean time until an event arrives", hours, 0)
    .option("--skew-h <hours>", "the maximum error of the computers' clocks", hours, 0)
    .option("--offline <share>", "the share of computers that never report", share, 0)
    .addOption(
      new Option("--path <path>", "fast: only counts; full: raw events").choices(["fast", "full"]).default("fast"),
    )
    .option("--policy <file>", "a ring policy other than the one that ships with vaultctl")
    .action((options: SimulateOptions) =>
      host.run(options, async ({ signal }) => {
        const file = await readPolicy(options.policy);
        if (!file.ok) return file;
        const { ring, seed, path, errorRate, prevalence, loss, delayH, skewH, offline } = options;
        const conditions = { errorRate, prevalence, loss, delayHours: delayH, skewHours: skewH, offline };
        const simulation = { ring, seed, path, conditions, policy: file.value.policy };
        const simulated = await simulate(simulation, options.fleets, signal);
        return ok({ json: { ...simulated, policyHash: file.value.hash }, lines: describeSimulation(simulated) });
      }),
    );
}

function describeSimulation({
  fleets,
  passed,
  halted,
  inconclusive,
  medianHoursToHalt,
  medianHoursToPass,
  ci,
}: Simulated) {
  return [
    `${fleets} fleets:`,
    line("passed", passed, ci.passed, medianHoursToPass),
    line("halted", halted, ci.halted, medianHoursToHalt),
    line("inconclusive", inconclusive, ci.inconclusive, null),
  ];
}

function line(name: string, value: number, [low, high]: readonly [number, number], median: number | null): string {
  const after = median === null ? "" : `, after ${median} h`;
  return `${name.padEnd(13)} ${percent(value)} (${percent(low)} to ${percent(high)})${after}`;
}

const percent = (value: number) => `${Number((value * 100).toPrecision(3))} %`;
const share = numberUpTo(1, "a share from 0 to 1");
const hours = numberUpTo(10_000, "a number of hours");

function numberUpTo(most: number, form: string) {
  return (text: string): number => {
    const value = /^\d+(\.\d+)?(e-\d{1,2})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 0 && value <= most) return value;
    throw new InvalidArgumentError(`It must be ${form}.`);
  };
}
