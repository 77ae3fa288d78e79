import { execFile } from "node:child_process";
import { type Bytes, KIB } from "../units.ts";

const MAX_OUTPUT: Bytes = 512 * KIB;

/**
 * The output of a program of the system. `undefined`: it does not exist, failed, printed more than 512 KiB or took too
 * long; then nothing is known, and it is no longer waited for.
 */
export function runProgram(program: string, args: readonly string[], timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { encoding: "utf8", maxBuffer: MAX_OUTPUT, windowsHide: true, env: { ...process.env, LC_ALL: "C" } },
      (fault, output) => {
        clearTimeout(tooLong);
        resolve(fault ? undefined : output);
      },
    );
    // A program that waits for a broken drive cannot even be killed: its end is not awaited.
    const tooLong = setTimeout(() => {
      child.kill("SIGKILL");
      child.unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(undefined);
    }, timeoutMs);
  });
}
