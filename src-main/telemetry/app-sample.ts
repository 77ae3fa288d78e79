import { readFile } from "node:fs/promises";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type Bytes, KIB, type Milliseconds } from "../../src-shared/units.ts";

/** What Electron reports about one process of the app; memory in KiB. */
export type ProcessMetric = {
  readonly pid: number;
  readonly cpu: { readonly cumulativeCPUUsage?: number };
  readonly memory: { readonly workingSetSize: number; readonly privateBytes?: number };
};

/** The total processor time and private memory of all processes of the app. */
export async function sampleProcesses(
  metrics: readonly ProcessMetric[],
): Promise<{ readonly cpuMs: Milliseconds; readonly privateBytes: Bytes }> {
  const seconds = metrics.reduce((total, { cpu }) => total + (cpu.cumulativeCPUUsage ?? 0), 0);
  const memory = await Promise.all(metrics.map(privateBytesOf));
  return { cpuMs: seconds * 1_000, privateBytes: memory.reduce((total, bytes) => total + bytes, 0) };
}

// Chromium's private memory footprint: Windows reports it, Linux has it in /proc. Pages of program files do not count:
// whether they are shared depends on other programs. On other systems they do count, which overestimates the memory.
async function privateBytesOf({ pid, memory }: ProcessMetric): Promise<Bytes> {
  if (memory.privateBytes !== undefined) return memory.privateBytes * KIB;
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const parts = Array.from(status.matchAll(/^(?:RssAnon|VmSwap):\s+(\d+) kB$/gm));
    return parts.reduce((total, [, kib]) => total + Number(kib) * KIB, 0);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return memory.workingSetSize * KIB;
  }
}
