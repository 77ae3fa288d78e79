import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./electron-runtime.ts";
import { printOutcomes } from "./test-outcomes.ts";
import { lastResultLine } from "./windows/last-result.ts";

// Runs all checks, the fastest first. The first check that fails ends the run.
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
check("lock file", node, "build/checks/lock-file.ts");
check("words", node, "build/checks/words.ts");
check("tests", node, bin("vitest"), "run", "--project", "unit", ...reported);
check("end-to-end tests", node, "build/windowed-tests.ts", "e2e");
process.stdout.write(`\n${lastResultLine()}\n`);
printOutcomes(outcomes, (text) => process.stdout.write(text));

function check(name: string, program: string, ...args: string[]): void {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(program, args, { cwd: projectRoot, stdio: "inherit" });
  if (status === 0) return;
  printOutcomes(outcomes, (text) => process.stdout.write(text));
  process.stdout.write(`\n== ${name} failed\n`);
  process.exit(1);
}
