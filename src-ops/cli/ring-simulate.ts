import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { readPolicy } from "../gates/index.ts";
import {
  type GateShares,
  readScenario,
  shippedScenarios,
  simulate,
  type Simulated,
  summaryOf,
} from "../simulator/index.ts";
import type { Host, Outcome } from "./host.ts";
import { wholeNumber, withJson } from "./options.ts";

type SimulateOptions = {
  scenario?: string;
  list?: true;
  fleets: number;
  seed: number;
  path: "fast" | "full";
  policy?: string;
  json?: true;
};

const PROGRESS_EVERY_MS = 5_000;

/** The command that tests a policy on simulated fleets before it is used for a real one. */
export function addRingSimulate(group: Command, host: Host): void {
  withJson(group.command("simulate"))
    .description("compute how often a release would pass, be halted or stay inconclusive in a scenario")
    .addOption(
      new Option("--scenario <name|file>", "a scenario that ships with vaultctl, or your own file").conflicts("list"),
    )
    .option("--list", "list the scenarios that ship with vaultctl")
    .option("--fleets <n>", "the number of fleets", wholeNumber(1, 10_000_000), 1_000)
    .option("--seed <n>", "the same seed gives the same fleets", wholeNumber(0, 2 ** 48), 1)
    .addOption(
      new Option(
        "--path <path>",
        "full: bytes as they are sent, and a look every five minutes; fast: the same, quicker",
      )
        .choices(["fast", "full"])
        .default("fast"),
    )
    .option("--policy <file>", "a ring policy other than the one that ships with vaultctl")
    .action((options: SimulateOptions) =>
      host.run(options, (job) => (options.list ? listScenarios() : simulateScenario(options, job))),
    );
}

async function listScenarios(): Promise<Attempt<Outcome>> {
  const scenarios: { name: string; what: string }[] = [];
  for (const name of shippedScenarios()) {
    const file = await readScenario(name);
    if (!file.ok) return file;
    scenarios.push({ name, what: file.value.scenario.what });
  }
  return ok({ json: { scenarios }, lines: scenarios.map(({ name, what }) => `${name}: ${what}`) });
}

async function simulateScenario(options: SimulateOptions, job: Job): Promise<Attempt<Outcome>> {
  if (options.scenario === undefined) {
    return fail("USAGE", "Give --scenario NAME or --scenario FILE; `vaultctl ring simulate --list` lists the names.");
  }
  const file = await readScenario(options.scenario);
  if (!file.ok) return file;
  const policy = await readPolicy(options.policy);
  if (!policy.ok) return policy;
  const { name, scenario } = file.value;
  const { seed, path, fleets } = options;
  let shownAt = performance.now();
  const outcomes = await simulate({ scenario, policy: policy.value.policy, seed, path }, fleets, job.signal, (done) => {
    if (performance.now() - shownAt < PROGRESS_EVERY_MS) return;
    shownAt = performance.now();
    job.note(`${done} of ${fleets} fleets`);
  });
  const simulated = summaryOf(outcomes);
  const json = { scenario: name, ...simulated, policyHash: policy.value.hash };
  return ok({ json, lines: describeSimulation(name, simulated) });
}

function describeSimulation(name: string, simulated: Simulated): string[] {
  const { fleets, passed, halted, inconclusive, medianHoursToHalt, medianHoursToPass, ci } = simulated;
  return [
    `${name}, ${fleets} fleets:`,
    line("passed", passed, ci.passed, medianHoursToPass),
    line("halted", halted, ci.halted, medianHoursToHalt),
    line("inconclusive", inconclusive, ci.inconclusive, null),
    ...gateLine("halted by", simulated.haltedBy),
    ...gateLine("open at the end", simulated.heldBy),
    ...gateLine("passed, then not", simulated.foundBy),
  ];
}

function line(name: string, value: number, [low, high]: readonly [number, number], median: number | null): string {
  const after = median === null ? "" : `, after ${median} h`;
  return `${name.padEnd(13)} ${percent(value)} (${percent(low)} to ${percent(high)})${after}`;
}

function gateLine(name: string, shares: GateShares): string[] {
  const gates = Object.entries(shares).map(([gate, share]) => `${gate} ${percent(share)}`);
  return gates.length > 0 ? [`${name}: ${gates.join(", ")}`] : [];
}

const percent = (value: number) => `${Number((value * 100).toPrecision(3))} %`;
