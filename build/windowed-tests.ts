import { join } from "node:path";
import { buildApp } from "./build-app.ts";
import { runOnPrivateDesktop } from "./desktop.ts";
import { projectRoot, readElectronRuntime } from "./electron-runtime.ts";

// The tests that need real windows, with vitest's own options: `npm run e2e -- watching`, `npm run long`.
const [project = "e2e", ...words] = process.argv.slice(2);
const { version, origin } = readElectronRuntime();
process.stdout.write(`${project} on Electron ${version} (${origin})\n`);
await buildApp();
const vitest = join(projectRoot, "node_modules", ".bin", "vitest");
process.exitCode = await runOnPrivateDesktop([process.execPath, vitest, "run", "--project", project, ...words]);
