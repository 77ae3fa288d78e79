// Sets up a fresh machine. Runs on Node 20 with nothing installed, so it is plain JavaScript without dependencies.
// Each step looks first and acts only where something is missing; a second run takes well under a second.
import { installDebianPackages } from "./setup/debian-packages.mjs";
import { installElectron } from "./setup/electron.mjs";
import { installNodeModules } from "./setup/node-modules.mjs";

try {
  installNodeModules();
  installDebianPackages();
  await installElectron();
} catch (error) {
  process.stderr.write(`bootstrap: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
