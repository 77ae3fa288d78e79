import { execFileSync } from "node:child_process";

/** Whether a unit with these `SystemCallFilter=` allows a system call, by systemd's own sets. The last one decides. */
export function isAllowed(call: string, filters: readonly string[]): boolean {
  return filters.reduce((isOn, filter) => {
    const isList = !filter.startsWith("~");
    const names = filter.replace("~", "").split(" ");
    return names.some((name) => callsOf(name).has(call)) ? isList : isOn;
  }, false);
}

const known = new Map<string, ReadonlySet<string>>();
function callsOf(name: string): ReadonlySet<string> {
  if (!name.startsWith("@")) return new Set([name]);
  const found = known.get(name);
  if (found) return found;
  const listed = execFileSync("systemd-analyze", ["syscall-filter", name], { encoding: "utf8" }).split("\n").slice(1);
  const names = listed.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const calls = new Set(names.flatMap((one) => (one.startsWith("@") ? [...callsOf(one)] : [one])));
  known.set(name, calls);
  return calls;
}
