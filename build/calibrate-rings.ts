// `npm run rings:calibrate`: simulates every scenario that ships, compares it with what it expects, and writes the table to
// docs/rings/how-the-policy-behaves.md. Options: --fleets N, --only NAME (several times), which writes no page. Two thousand
// fleets take hours: finished scenarios are kept in .cache/calibration, so a run that was stopped goes on where it was, and a
// run with fewer fleets shows those with more.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readPolicy } from "../src-ops/gates/index.ts";
import {
  missedExpectations,
  type NamedScenario,
  readScenario,
  shippedScenarios,
  simulate,
  summaryOf,
} from "../src-ops/simulator/index.ts";
import { type Calibrated, describeCalibrated, missedLine, pageOf } from "./calibration-table.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs/rings/how-the-policy-behaves.md");
const CACHE = join(ROOT, ".cache/calibration");
const CODE = ["src-ops/gates", "src-ops/simulator"];
const SEED = 1;
// A fleet of hundreds of computers takes as long as many small ones.
const LARGE = 100;

const { values } = parseArgs({
  options: { fleets: { type: "string", default: "2000" }, only: { type: "string", multiple: true } },
});
const fleets = Number(values.fleets);
if (!Number.isSafeInteger(fleets) || fleets < 1) throw new Error("--fleets must be a whole number from 1.");

const abort = new AbortController();
process.once("SIGINT", () => process.exit(130));

const policy = await readPolicy();
if (!policy.ok) throw new Error(policy.error.message);
const codeHash = hashOf(CODE.flatMap((folder) => filesIn(folder)).map((file) => readFileSync(file, "utf8")));
const results: Calibrated[] = [];
for (const name of values.only ?? shippedScenarios()) {
  const result = await knownOrCalibrated(await scenarioOf(name), policy.value.hash);
  results.push(result);
  process.stdout.write(`${describeCalibrated(result)}\n`);
  for (const missed of result.missed) process.stdout.write(`    ${missedLine(missed)}\n`);
}
if (!values.only) writeFileSync(PAGE, pageOf(results, { seed: SEED, policyHash: policy.value.hash }));
if (results.some(({ missed }) => missed.some(({ isCertain }) => isCertain))) process.exitCode = 1;

async function scenarioOf(name: string): Promise<NamedScenario> {
  const file = await readScenario(name);
  if (!file.ok) throw new Error(`${file.error.code}: ${file.error.message}`);
  return file.value;
}

function fleetsFor({ groups }: NamedScenario["scenario"]): number {
  const computers = groups.reduce((sum, { count }) => sum + count, 0);
  return computers > LARGE ? Math.max(1, Math.round(fleets / 10)) : fleets;
}

/** What the results depend on; other simulations with the same code, policy, scenario and seed give the same outcomes. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".ts"))
    .toSorted()
    .map((name) => join(ROOT, folder, name));
}

function hashOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length} `).update(text);
  return hash.digest("hex");
}

async function knownOrCalibrated(named: NamedScenario, policyHash: string): Promise<Calibrated> {
  const key = hashOf([codeHash, policyHash, JSON.stringify(named.scenario), String(SEED)]);
  const file = join(CACHE, `${named.name}-${key.slice(0, 16)}.json`);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Calibrated) : undefined;
  if (known && known.simulated.fleets >= fleetsFor(named.scenario)) return known;
  const result = await calibrate(named);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
  return result;
}

async function calibrate({ name, scenario }: NamedScenario): Promise<Calibrated> {
  if (!policy.ok) throw new Error(policy.error.message);
  const from = performance.now();
  const simulation = { scenario, policy: policy.value.policy, seed: SEED, path: "fast" } as const;
  const outcomes = await simulate(simulation, fleetsFor(scenario), abort.signal);
  const missed = missedExpectations(scenario.expected, outcomes);
  const fleetsAMinute = (outcomes.length / (performance.now() - from)) * 60_000;
  process.stderr.write(`${name}: ${Math.round(fleetsAMinute)} fleets a minute\n`);
  return { name, scenario, simulated: summaryOf(outcomes), missed };
}
