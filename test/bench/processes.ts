import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Chromium's private memory footprint of a process and its children, in bytes: anonymous memory, including swapped
 * memory.
 */
export function privateBytesOfTree(root: number): number {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const rows = [...table.matchAll(/(\d+)\s+(\d+)/g)].map((match) => [Number(match[1]), Number(match[2])] as const);
  const processes = new Set([root]);
  for (const [pid, parent] of rows) if (processes.has(parent)) processes.add(pid);
  return [...processes].reduce((total, pid) => total + privateBytes(pid), 0);
}

function privateBytes(pid: number): number {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // The process ended after the table was read.
    return 0;
  }
  const sizes = [...status.matchAll(/^(?:RssAnon|VmSwap):\s+(\d+) kB$/gm)].map((match) => Number(match[1]));
  return sizes.reduce((total, size) => total + size, 0) * 1024;
}
