import type { Missed, Scenario, Simulated } from "../src-ops/simulator/index.ts";

export type Calibrated = {
  readonly name: string;
  readonly scenario: Scenario;
  readonly simulated: Simulated;
  readonly missed: readonly Missed[];
};

type Run = { readonly seed: number; readonly policyHash: string };

/** The page docs/rings/how-the-policy-behaves.md. */
export function pageOf(results: readonly Calibrated[], { seed, policyHash }: Run): string {
  const missed = results.filter((one) => one.missed.length > 0);
  const lines = [
    "# How the shipped policy behaves",
    "",
    "`npm run rings:calibrate` writes this page; do not edit it. It sends simulated fleets through the ring server's own code, from",
    "the events that computers send to the verdict, and compares the result with what each scenario expects. The scenarios are in",
    "[`src-ops/simulator/scenarios`](../../src-ops/simulator/scenarios); [ring-scenario.md](../formats/ring-scenario.md) describes",
    "their format, so that you can write your own.",
    "",
    `Seed ${seed}. In brackets: the exact interval (Clopper and Pearson, 95 %). Policy`,
    `\`${policyHash.slice(0, 16)}…\`. "Decided by" names the gates that halted, or that were open at the end, with the share of fleets.`,
    "A scenario that is watched further after it has passed can be both passed and halted.",
    "",
    "| scenario | fleets | passed | halted | median hours | decided by | expected |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...results.map(rowOf),
    "",
    "## Expectations that are not met",
    "",
    ...(missed.length === 0 ? ["None."] : missed.flatMap(missedLines)),
    "",
    "## The scenarios",
    "",
    ...results.map(({ name, scenario }) => `- \`${name}\`: ${scenario.what}`),
    "",
  ];
  return lines.join("\n");
}

function rowOf({ name, scenario, simulated, missed }: Calibrated): string {
  const { passed, halted, ci, medianHoursToPass, medianHoursToHalt } = simulated;
  const cells = [
    `\`${name}\``,
    String(simulated.fleets),
    interval(passed, ci.passed),
    interval(halted, ci.halted),
    [hours("pass", medianHoursToPass), hours("halt", medianHoursToHalt)].filter(Boolean).join(", "),
    gatesOf(simulated),
    `${expectedOf(scenario)}${missed.some(({ isCertain }) => isCertain) ? " **missed**" : ""}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** One line for a terminal. */
export function describeCalibrated({ name, simulated, missed }: Calibrated): string {
  const { passed, halted, ci, medianHoursToPass, medianHoursToHalt } = simulated;
  const state = missed.some(({ isCertain }) => isCertain) ? "MISSED" : missed.length > 0 ? "chance" : "ok";
  const cells = [
    name.padEnd(36),
    state.padEnd(6),
    `pass ${interval(passed, ci.passed)}`,
    `halt ${interval(halted, ci.halted)}`,
    hours("pass", medianHoursToPass),
    hours("halt", medianHoursToHalt),
    gatesOf(simulated),
  ];
  return cells.filter(Boolean).join("  ");
}

export function missedLine({ expectation, expected, measured, isCertain }: Missed): string {
  const isHours = expectation.startsWith("median");
  const shown = (value: number | null) => (value === null ? "none" : isHours ? `${value} h` : percent(value));
  const reason = isCertain ? "" : ", which chance may explain";
  return `${expectation}: expected ${shown(expected)}, measured ${shown(measured)}${reason}`;
}

function missedLines({ name, missed }: Calibrated): string[] {
  return missed.map((one) => `- \`${name}\`: ${missedLine(one)}`);
}

function expectedOf({ expected }: Scenario): string {
  return Object.entries(expected)
    .flatMap(([name, value]) =>
      typeof value === "number"
        ? [`${name} ${/hours/i.test(name) ? `${value} h` : percent(value)}`]
        : Object.entries(value ?? {}).map(([gate, share]) => `${name} ${gate} ${percent(share)}`),
    )
    .join(", ");
}

const MOST_GATES = 4;

function gatesOf({ haltedBy, heldBy, foundBy }: Simulated): string {
  return [...named("halt", haltedBy), ...named("open", heldBy), ...named("found", foundBy)].join(", ");
}

function named(verb: string, shares: Simulated["heldBy"]): string[] {
  return Object.entries(shares)
    .slice(0, MOST_GATES)
    .map(([gate, share]) => `${verb} ${gate} ${percent(share)}`);
}

const hours = (name: string, value: number | null) => (value === null ? "" : `${name} ${Number(value.toFixed(1))}`);

const interval = (value: number, [low, high]: readonly [number, number]) =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`;

const percent = (value: number) => `${Number((value * 100).toPrecision(3))} %`;
