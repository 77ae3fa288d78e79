// `npm run windows`: the Windows package in Wine. With names of suites only those run, and the result is not kept.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runOnPrivateDesktop } from "../desktop.ts";
import { projectRoot, readElectronRuntime } from "../electron-runtime.ts";
import { printOutcomes } from "../test-outcomes.ts";
import { wineVersion } from "./debian-root.ts";
import { currentCommit, storeResult } from "./last-result.ts";
import { pictures, world } from "./places.ts";
import { prepareWorld, removeWorld, sizeOfWorld, whyNotHere } from "./world.ts";

const NOT_COVERED =
  "real Windows, PowerShell and WMI, FAT/exFAT/NTFS, the physical removal of a stick, ACLs, a GPU, sound, capture " +
  "protection, SmartScreen and Narrator: docs/release-checklist.md says who looks at those";
const outcomes = join(world, "outcomes");

// `su` without a dash leaves the folders of root's programs out.
process.env["PATH"] += ":/usr/sbin:/sbin";
const { values, positionals } = parseArgs({ options: { remove: { type: "boolean" } }, allowPositionals: true });
try {
  const reason = whyNotHere();
  if (reason !== undefined) throw new Error(reason);
  if (values.remove) await removeWorld();
  else process.exitCode = await run(positionals);
} catch (error) {
  process.stderr.write(`npm run windows: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(suites: readonly string[]): Promise<number> {
  say("the Windows package on Wine on Debian, which is not Windows");
  say(`not covered: ${NOT_COVERED}`);
  const began = performance.now();
  await prepareWorld(say);
  const seconds = Math.round((performance.now() - began) / 1000);
  const { version, origin } = readElectronRuntime();
  const on = `${wineVersion()}, Electron ${version} (${origin})`;
  say(`ready after ${seconds} s, running on ${on}`);
  say(`the world takes ${sizeOfWorld()}; \`npm run windows -- --remove\` removes it`);
  for (const folder of [outcomes, pictures, join(world, "logs")]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(outcomes, { recursive: true });
  mkdirSync(pictures);
  const report = join(outcomes, "windows.json");
  const vitest = [process.execPath, join(projectRoot, "node_modules", ".bin", "vitest")];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const commit = currentCommit();
  const code = await runOnPrivateDesktop([...vitest, "run", "--project", "windows", ...reporters, ...suites]);
  const counts = printOutcomes(outcomes, (text) => process.stdout.write(text));
  if (suites.length === 0) storeResult({ commit, date: new Date().toISOString().slice(0, 10), on, ...counts });
  return code;
}

function say(text: string): void {
  process.stdout.write(`windows: ${text}\n`);
}
