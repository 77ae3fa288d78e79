import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../electron-runtime.ts";
import type { Counts } from "../test-outcomes.ts";
import { world } from "./places.ts";

/** The outcome of a whole run of `npm run windows`. */
export type LastResult = {
  /** The commit that was tested; with `+` if files had changed since. */
  readonly commit: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** What it ran on. */
  readonly on: string;
} & Counts;

const file = join(world, "last-result.json");

export function storeResult(result: LastResult): void {
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** One line for the end of `npm test`. */
export function lastResultLine(): string {
  return describeResult(existsSync(file) ? readFileSync(file, "utf8") : undefined, currentCommit());
}

/**
 * @param text of the stored result; `undefined` if there is none
 * @param commit what is checked out now
 */
export function describeResult(text: string | undefined, commit: string): string {
  if (text === undefined) return "npm run windows: never run here";
  const result = parse(text);
  if (!result) return "npm run windows: its last result cannot be read";
  const { passed, failed, skipped, date, on } = result;
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return `npm run windows: ${counts} on ${date}, on ${on}, of ${nameOf(result.commit, commit)}`;
}

function nameOf(tested: string, current: string): string {
  // Nobody knows whether the changes were the same.
  if (tested.endsWith("+")) return `commit ${tested.slice(0, -1)} with changes`;
  return tested === current ? "this commit" : `commit ${tested}, not this one`;
}

function parse(text: string): LastResult | undefined {
  try {
    const result = JSON.parse(text) as LastResult | null;
    const counts = [result?.passed, result?.failed, result?.skipped];
    return result && counts.every(Number.isInteger) ? result : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The commit that is checked out; with `+` if tracked files have changed. */
export function currentCommit(): string {
  const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
  return git("rev-parse", "--short=10", "HEAD") + (changed ? "+" : "");
}

function git(...args: string[]): string {
  return execFileSync("git", ["-C", projectRoot, ...args], { encoding: "utf8" }).trim();
}
