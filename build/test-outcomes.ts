import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Test = { readonly fullName: string; readonly status: string; readonly failureMessages: readonly string[] };
type Suite = { name: string; status: string; message: string; assertionResults: Test[] };

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** At most so many characters of a failure message, so that the end of a long run stays readable. */
const REASON_LINES = 15;

/**
 * Prints the number of tests in all runs, the name of each skipped test, and each failed test with its reason.
 *
 * @param folder of vitest's JSON reports; `.first` at the end of a name marks the first run of a suite that was
 * repeated
 */
export function printOutcomes(folder: string, print: (text: string) => void): Counts {
  const tests = testsIn(folder, ".json");
  const passed = tests.filter(({ status }) => status === "passed");
  const failed = tests.filter(({ status }) => status === "failed");
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  const failedTwice = new Set(failed.map(({ fullName }) => fullName));
  const failedOnce = testsIn(folder, ".json.first").filter(({ status }) => status === "failed");
  const unsteady = failedOnce.filter(({ fullName }) => !failedTwice.has(fullName));
  for (const { fullName } of skipped) print(`skipped: ${fullName}\n`);
  for (const test of unsteady) print(`failed once: ${test.fullName}\n${reasonOf(test)}\n`);
  for (const test of failed) print(`failed: ${test.fullName}\n${reasonOf(test)}\n`);
  const counts = [`${passed.length} passed`, `${failed.length} failed`, `${skipped.length} skipped`];
  print(`\n${counts.join(", ")}, ${unsteady.length} failed once and passed when repeated\n`);
  return { passed: passed.length, failed: failed.length, skipped: skipped.length };
}

function testsIn(folder: string, ending: string): Test[] {
  const reports = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(ending));
  return reports.flatMap((name) => {
    const { testResults } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { testResults: Suite[] };
    return testResults.flatMap(testsOf);
  });
}

/** A suite that could not be loaded, or whose set-up failed, lists no failed test. */
function testsOf({ name, status, message, assertionResults }: Suite): Test[] {
  const hasFailedTest = assertionResults.some((test) => test.status === "failed");
  if (status !== "failed" || hasFailedTest) return assertionResults;
  return [...assertionResults, { fullName: name, status, failureMessages: [message] }];
}

function reasonOf({ failureMessages }: Test): string {
  const lines = (failureMessages[0] ?? "").split("\n").filter((line) => !line.includes("/node_modules/"));
  return lines.slice(0, REASON_LINES).join("\n");
}
