import { join } from "node:path";
import { buildApp } from "./build-app.ts";
import { runOnPrivateDesktop } from "./desktop.ts";
import { projectRoot } from "./electron-runtime.ts";

// The end-to-end tests alone, with vitest's own options: `npm run e2e -- watching`.
await buildApp();
const vitest = join(projectRoot, "node_modules", ".bin", "vitest");
process.exitCode = await runOnPrivateDesktop([
  process.execPath,
  vitest,
  "run",
  "--project",
  "e2e",
  ...process.argv.slice(2),
]);
