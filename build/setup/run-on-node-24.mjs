import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { node24 } from "./node-modules.mjs";

/**
 * Runs a program of this project and ends as it ends. By its path and not by `node`: a shell that has looked `node` up
 * before the locked one was installed goes on with the machine's own.
 */
export function runOnNode24(program, words) {
  const node = existsSync(node24) ? node24 : process.execPath;
  const child = spawn(node, [program, ...words], { stdio: "inherit" });
  // The terminal sends an interrupt to both; the program decides what becomes of it.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else {
      process.exitCode = code ?? 1;
    }
  });
}
