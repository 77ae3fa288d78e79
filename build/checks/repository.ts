import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One text that git stores: a tracked file as it is now, an old version of a file, or a commit message. */
export type KeptText = { readonly name: string; readonly text: string };

export type Finding = { readonly where: string; readonly what: string };

const MAX_OUTPUT = 512 * 2 ** 20;

function git(repository: string, args: readonly string[], input?: string): Buffer {
  return execFileSync("git", ["-C", repository, ...args], { input, maxBuffer: MAX_OUTPUT });
}

/** The tracked files as they are in the working folder. Binary files are left out. */
export function trackedFiles(repository: string): KeptText[] {
  const names = git(repository, ["ls-files", "-z"]).toString().split("\0").filter(Boolean);
  return names.flatMap((name) => textOf(name, readTracked(join(repository, name))));
}

// Tracked, but deleted in the working folder and not committed yet: nothing to read.
function readTracked(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** Every version of every file in the whole history, once each, under the first name that it had. */
export function pastFiles(repository: string): KeptText[] {
  const lines = git(repository, ["rev-list", "--all", "--objects"]).toString().split("\n").filter(Boolean);
  const names = new Map(lines.map((line) => line.split(/ (.*)/, 2) as [string, string]));
  const output = git(repository, ["cat-file", "--batch"], [...names.keys(), ""].join("\n"));
  const files: KeptText[] = [];
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf(10, at);
    const [id, type, size] = output.subarray(at, lineEnd).toString().split(" ") as [string, string, string];
    const content = output.subarray(lineEnd + 1, lineEnd + 1 + Number(size));
    if (type === "blob") files.push(...textOf(names.get(id) ?? id, content));
    at = lineEnd + 1 + Number(size) + 1;
  }
  return files;
}

/** The message of every commit. */
export function commitMessages(repository: string): KeptText[] {
  const log = git(repository, ["log", "--all", "--format=%H%n%B%x00"]).toString();
  const commits = log.split("\0").map((entry) => entry.trim());
  return commits.filter(Boolean).map((entry) => ({ name: `commit ${entry.slice(0, 10)}`, text: entry.slice(41) }));
}

function textOf(name: string, content: Buffer): KeptText[] {
  return content.includes(0) ? [] : [{ name, text: content.toString("utf8") }];
}

/**
 * Prints a summary line and one line for each finding, and ends the program with 0, or with 1 if there are findings.
 */
export function report(check: string, textCount: number, findings: readonly Finding[]): never {
  const lines = findings.map(({ where, what }) => `  ${where}: ${what}`);
  process.stdout.write([`${check}: ${textCount} texts, ${findings.length} findings`, ...lines, ""].join("\n"));
  process.exit(findings.length > 0 || textCount === 0 ? 1 : 0);
}
