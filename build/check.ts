import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { buildApp } from "./build-app.ts";
import { runOnPrivateDesktop } from "./desktop.ts";
import { projectRoot, readElectronRuntime } from "./electron-runtime.ts";

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

const { version, origin } = readElectronRuntime();
say(`end-to-end on Electron ${version} (${origin})`);
await buildApp();
finish("end-to-end", await runOnPrivateDesktop([node, bin("vitest"), "run", "--project", "e2e"]));

function check(name: string, program: string, ...words: string[]): void {
  say(name);
  finish(name, spawnSync(program, words, { cwd: projectRoot, stdio: "inherit" }).status ?? 1);
}

function finish(name: string, status: number): void {
  if (status === 0) return;
  say(`${name} failed`);
  process.exit(status);
}

function say(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}
