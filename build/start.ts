import { spawn } from "node:child_process";
import { buildApp } from "./build-app.ts";
import { exitOf } from "./desktop.ts";
import { launcherSwitches, projectRoot, readElectronRuntime } from "./electron-runtime.ts";

// Builds and starts the app: `npm start -- --vault DIR`.
await buildApp();
const { executable } = readElectronRuntime();
const child = spawn(executable, [...launcherSwitches(), projectRoot, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = await exitOf(child);
