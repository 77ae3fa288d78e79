import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Memory that belongs to a process and its children alone, in bytes: `Private_*` of `/proc/<pid>/smaps_rollup`. */
export function privateBytesOfTree(root: number): number {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const rows = [...table.matchAll(/(\d+)\s+(\d+)/g)].map((match) => [Number(match[1]), Number(match[2])] as const);
  const family = new Set([root]);
  for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid);
  return [...family].reduce((total, pid) => total + privateBytes(pid), 0);
}

function privateBytes(pid: number): number {
  let rollup: string;
  try {
    rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  } catch {
    // It ended since the table was read.
    return 0;
  }
  const sizes = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map((match) => Number(match[1]));
  return sizes.reduce((total, size) => total + size, 0) * 1024;
}
