import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buildApp } from "./build-app.ts";
import { buildHarness } from "./build-harness.ts";
import { runOnPrivateDesktop } from "./desktop.ts";
import { projectRoot, readElectronRuntime } from "./electron-runtime.ts";

// The tests that need real windows, with vitest's own options: `npm run e2e -- watching`, `npm run long`. Each suite
// has its own display, session bus and keychain, so that no suite sees what another one left; only the suites of the page,
// which use neither bus nor keychain, share one. What failed is run once more, alone: if it fails twice it is broken; if it
// fails once it is reported as unsteady.
const [project = "e2e", ...filters] = process.argv.slice(2);
/** Suites that one process runs on one desktop. */
type Run = { readonly name: string; readonly suites: readonly string[] };

/** The long suites install packages on this system and fill its disk, so they run one after the other. */
const LANES = project === "long" ? 1 : 2;
const OUTCOMES = join(projectRoot, ".cache", "outcomes", project);
/** The sticks that several suites begin with. */
const PACKED = mkdtempSync(join(tmpdir(), "uvv-packed-"));
process.once("exit", () => rmSync(PACKED, { recursive: true, force: true }));
const vitest = [process.execPath, join(projectRoot, "node_modules", ".bin", "vitest")];

const { version, origin } = readElectronRuntime();
process.stdout.write(`${project} on Electron ${version} (${origin})\n`);
rmSync(OUTCOMES, { recursive: true, force: true });
mkdirSync(OUTCOMES, { recursive: true });
const runs = listRuns();
const failed: Run[] = [];
await buildApp();
await buildHarness();
await Promise.all(Array.from({ length: LANES }, runLane));
for (const run of failed) await runAgain(run);

/** The largest suites come first, because they tend to take longest: at the end no lane waits for the other. */
function listRuns(): Run[] {
  const suites = listSuites();
  const ofPage = suites.filter((suite) => suite.endsWith(".browser.test.ts"));
  const others = suites
    .filter((suite) => !ofPage.includes(suite))
    .toSorted((a, b) => statSync(b).size - statSync(a).size);
  const single = others.map((suite) => ({ name: basename(suite), suites: [suite] }));
  return ofPage.length > 0 ? [{ name: "page", suites: ofPage }, ...single] : single;
}

function listSuites(): string[] {
  // Arguments after `--json` would be the file that it writes to.
  const [program, ...args] = [...vitest, "list", "--project", project, ...filters, "--filesOnly", "--json"];
  const listed = JSON.parse(execFileSync(program, args, { encoding: "utf8" })) as { file: string }[];
  if (listed.length === 0) throw new Error(`no suite of ${project} is named ${filters.join(" ")}`);
  return listed.map(({ file }) => file);
}

/** Takes runs until none is left. */
async function runLane(): Promise<void> {
  for (let run = runs.shift(); run !== undefined; run = runs.shift()) {
    if (!(await passes(run))) failed.push(run);
  }
}

/** Keeps the report of the first run next to that of the second run. */
async function runAgain(run: Run): Promise<void> {
  const outcome = join(OUTCOMES, `${run.name}.json`);
  if (existsSync(outcome)) renameSync(outcome, `${outcome}.first`);
  process.stdout.write(`once more: ${run.name}\n`);
  if (!(await passes(run))) process.exitCode = 1;
}

/** Runs suites one after the other; shows their output after the last has ended. */
async function passes({ name, suites }: Run): Promise<boolean> {
  const outcome = join(OUTCOMES, name);
  const report = ["--reporter=default", "--reporter=json", `--outputFile.json=${outcome}.json`];
  const shown = openSync(`${outcome}.log`, "w");
  const code = await runOnPrivateDesktop(
    [...vitest, "run", "--project", project, ...report, ...suites],
    { UVV_PACKED: PACKED },
    shown,
  );
  closeSync(shown);
  process.stdout.write(readFileSync(`${outcome}.log`));
  return code === 0;
}
