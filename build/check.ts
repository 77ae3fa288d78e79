import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./electron-runtime.ts";

// Every check there is, cheapest first. The first one that fails ends the run.
const bin = (name: string) => join(projectRoot, "node_modules", ".bin", name);
const node = process.execPath;
const outcomes = join(projectRoot, ".cache", "outcomes");
const reported = ["--reporter=default", "--reporter=json", `--outputFile.json=${join(outcomes, "unit.json")}`];
const sources = ["src-shared", "src-main", "src-renderer", "src-ops"];
rmSync(outcomes, { recursive: true, force: true });
mkdirSync(outcomes, { recursive: true });

check("format", bin("oxfmt"), "--check");
check("lint", bin("oxlint"), "--type-aware");
check("types", bin("tsc"), "-b");
check("import walls", node, bin("depcruise"), "--config", ".dependency-cruiser.mjs", ...sources);
check("secrets", node, "build/checks/secrets.ts");
check("words", node, "build/checks/words.ts");
check("tests", node, bin("vitest"), "run", "--project", "unit", ...reported);
check("end-to-end tests", node, "build/windowed-tests.ts", "e2e");
summarize();

function check(name: string, program: string, ...words: string[]): void {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(program, words, { cwd: projectRoot, stdio: "inherit" });
  if (status === 0) return;
  process.stdout.write(`\n== ${name} failed\n`);
  process.exit(1);
}

/** The tests of all runs in one line, and each one that was skipped by its name. */
function summarize(): void {
  type Outcome = { testResults: { assertionResults: { fullName: string; status: string }[] }[] };
  const reports = readdirSync(outcomes, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const tests = reports.flatMap((name) => {
    const outcome = JSON.parse(readFileSync(join(outcomes, name), "utf8")) as Outcome;
    return outcome.testResults.flatMap(({ assertionResults }) => assertionResults);
  });
  const passed = tests.filter(({ status }) => status === "passed");
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  const failed = tests.length - passed.length - skipped.length;
  for (const { fullName } of skipped) process.stdout.write(`skipped: ${fullName}\n`);
  process.stdout.write(`\n${passed.length} passed, ${failed} failed, ${skipped.length} skipped\n`);
}
