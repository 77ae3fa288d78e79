import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { buildApp } from "./build-app.ts";
import { buildHarness } from "./build-harness.ts";
import { runOnPrivateDesktop } from "./desktop.ts";
import { projectRoot, readElectronRuntime } from "./electron-runtime.ts";

// The tests that need real windows, with vitest's own options: `npm run e2e -- watching`, `npm run long`. Each suite
// has its own display, session bus and keychain, so that no suite sees what another one left. A suite that failed is
// run once more, alone: if it fails twice it is broken; if it fails once it is reported as unsteady.
const [project = "e2e", ...filters] = process.argv.slice(2);
/** The long suites install packages on this system and fill its disk, so they run one after the other. */
const LANES = project === "long" ? 1 : 2;
const OUTCOMES = join(projectRoot, ".cache", "outcomes", project);
const vitest = [process.execPath, join(projectRoot, "node_modules", ".bin", "vitest")];

const { version, origin } = readElectronRuntime();
process.stdout.write(`${project} on Electron ${version} (${origin})\n`);
rmSync(OUTCOMES, { recursive: true, force: true });
mkdirSync(OUTCOMES, { recursive: true });
const suites = listSuites();
const failed: string[] = [];
await buildApp();
await buildHarness();
await Promise.all(Array.from({ length: LANES }, runLane));
for (const suite of failed) await runAgain(suite);

function listSuites(): string[] {
  // Arguments after `--json` would be the file that it writes to.
  const [program, ...args] = [...vitest, "list", "--project", project, ...filters, "--filesOnly", "--json"];
  const listed = JSON.parse(execFileSync(program, args, { encoding: "utf8" })) as { file: string }[];
  if (listed.length === 0) throw new Error(`no suite of ${project} is named ${filters.join(" ")}`);
  return listed.map(({ file }) => file);
}

/** Runs suites until none is left. */
async function runLane(): Promise<void> {
  for (let suite = suites.shift(); suite !== undefined; suite = suites.shift()) {
    if (!(await passes(suite))) failed.push(suite);
  }
}

/** Keeps the report of the first run next to that of the second run. */
async function runAgain(suite: string): Promise<void> {
  const outcome = join(OUTCOMES, `${basename(suite)}.json`);
  if (existsSync(outcome)) renameSync(outcome, `${outcome}.first`);
  process.stdout.write(`once more: ${basename(suite)}\n`);
  if (!(await passes(suite))) process.exitCode = 1;
}

/** Runs a suite; shows its output after it has ended. */
async function passes(suite: string): Promise<boolean> {
  const outcome = join(OUTCOMES, basename(suite));
  const report = ["--reporter=default", "--reporter=json", `--outputFile.json=${outcome}.json`];
  const shown = openSync(`${outcome}.log`, "w");
  const code = await runOnPrivateDesktop([...vitest, "run", "--project", project, ...report, suite], {}, shown);
  closeSync(shown);
  process.stdout.write(readFileSync(`${outcome}.log`));
  return code === 0;
}
