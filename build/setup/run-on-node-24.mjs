import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { node24 } from "./node-modules.mjs";

/**
 * Runs a program of this project and ends with its exit code. It uses the path of Node and not the name `node`: a shell
 * that looked `node` up before the locked one was installed keeps using the machine's.
 */
export function runOnNode24(program, args) {
  const node = existsSync(node24) ? node24 : process.execPath;
  const child = spawn(node, [program, ...args], { stdio: "inherit" });
  // The terminal sends an interrupt to both processes; the program decides what to do.
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
