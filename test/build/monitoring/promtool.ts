import { execFile } from "node:child_process";
import { join } from "node:path";
import { prometheusFolder } from "../../../build/setup/prometheus.mjs";

/** The path of `prometheus` or `promtool`. Throws if the bootstrap could not fetch them. */
export function prometheusProgram(name: "prometheus" | "promtool"): string {
  const folder = prometheusFolder();
  if (folder === undefined) throw new Error("there is no Prometheus here: `npm run bootstrap` fetches Debian's");
  return join(folder, name);
}

/** Runs promtool with this standard input; returns its exit code and its output. */
export function promtool(args: readonly string[], input = ""): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(prometheusProgram("promtool"), [...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
    child.stdin?.end(input);
  });
}
