import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "./electron-runtime.ts";

// Every check there is, cheapest first. The first one that fails ends the run.
const bin = (name: string) => join(projectRoot, "node_modules", ".bin", name);
const node = process.execPath;

check("format", bin("oxfmt"), "--check");
check("lint", bin("oxlint"), "--type-aware");
check("types", bin("tsc"), "-b");
check(
  "import walls",
  bin("depcruise"),
  "--config",
  ".dependency-cruiser.mjs",
  "src-shared",
  "src-main",
  "src-renderer",
  "src-ops",
);
check("secrets", node, "build/checks/secrets.ts");
check("words", node, "build/checks/words.ts");
check("tests", node, bin("vitest"), "run", "--project", "unit");

check("end-to-end tests", node, "build/windowed-tests.ts", "e2e");

function check(name: string, program: string, ...words: string[]): void {
  say(name);
  const { status } = spawnSync(program, words, { cwd: projectRoot, stdio: "inherit" });
  if (status === 0) return;
  say(`${name} failed`);
  process.exit(1);
}

function say(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}
