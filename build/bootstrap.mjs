// Sets up a fresh machine, then runs the program it was given on Node 24: `node build/bootstrap.mjs build/check.ts`.
// Runs on Node 20 with nothing installed, so it is plain JavaScript without dependencies. Each step checks first, and
// acts only if something is missing; a second run takes well under a second.
import { installDebianPackages } from "./setup/debian-packages.mjs";
import { installElectron } from "./setup/electron.mjs";
import { installNodeModules } from "./setup/node-modules.mjs";
import { installPrometheus } from "./setup/prometheus.mjs";
import { runOnNode24 } from "./setup/run-on-node-24.mjs";

try {
  installNodeModules();
  installDebianPackages();
  installPrometheus();
  await installElectron();
} catch (error) {
  process.stderr.write(`bootstrap: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
const [program, ...args] = process.argv.slice(2);
if (program) runOnNode24(program, args);
