/** One mounted file system, as the kernel describes it in `/proc/self/mountinfo` (proc(5)). */
export type Mount = { readonly id: string; readonly type: string; readonly source: string };

/** The mount that holds an absolute path without links. A later mount hides an earlier one at the same point. */
export function mountOf(mountinfo: string, path: string): Mount | undefined {
  let found: (Mount & { readonly point: string }) | undefined;
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [id = "", , , , point = ""] = before.split(" ").map(unescaped);
    const [type = "", source = ""] = after.split(" ").map(unescaped);
    const isAbove = point === "/" || point === path || (point !== "" && path.startsWith(`${point}/`));
    if (isAbove && type !== "" && point.length >= (found?.point.length ?? 0)) found = { id, type, source, point };
  }
  return found && { id: found.id, type: found.type, source: found.source };
}

/** Spaces and the like are written as `\040`. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}

/** A device number of stat(2) as `major:minor` (makedev(3)). */
export function deviceNumber(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
