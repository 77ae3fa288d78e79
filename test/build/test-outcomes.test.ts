import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { printOutcomes } from "../../build/test-outcomes.ts";

const passed = { fullName: "plays", status: "passed", failureMessages: [] };
const skipped = { fullName: "needs a printer", status: "skipped", failureMessages: [] };
const failed = { fullName: "seeks", status: "failed", failureMessages: ["expected 3 to be 4\n at seeking"] };

it("counts the tests of all runs and prints the skipped ones", () => {
  const output = outcomesOf({ "unit.json": [suite(passed, skipped)], "e2e/watching.json": [suite(passed)] });
  expect(output).toBe(
    "skipped: needs a printer\n\n2 passed, 0 failed, 1 skipped, 0 failed once and passed when repeated\n",
  );
});

it("prints a failed test with its reason", () => {
  const output = outcomesOf({ "unit.json": [suite(passed, failed)] });
  expect(output).toContain("failed: seeks\nexpected 3 to be 4\n at seeking\n");
  expect(output).toContain("1 passed, 1 failed, 0 skipped, 0 failed once");
});

it("prints a suite that could not be loaded as failed", () => {
  const unloaded = { name: "watching.test.ts", status: "failed", message: "no such module", assertionResults: [] };
  expect(outcomesOf({ "e2e/watching.json": [unloaded] })).toContain("failed: watching.test.ts\nno such module\n");
});

it("prints a test that failed once, even if it passed when repeated", () => {
  const first = [suite(failed, passed)];
  const second = [suite({ ...failed, status: "passed" }, passed)];
  const output = outcomesOf({ "e2e/watching.json.first": first, "e2e/watching.json": second });
  expect(output).toContain("failed once: seeks\nexpected 3 to be 4");
  expect(output).toContain("2 passed, 0 failed, 0 skipped, 1 failed once");
});

it("prints a test that failed twice only as failed", () => {
  const output = outcomesOf({ "e2e/watching.json.first": [suite(failed)], "e2e/watching.json": [suite(failed)] });
  expect(output).not.toContain("failed once: seeks");
  expect(output).toContain("0 passed, 1 failed, 0 skipped, 0 failed once");
});

function suite(...assertionResults: object[]): object {
  const status = assertionResults.includes(failed) ? "failed" : "passed";
  return { name: "watching.test.ts", status, message: "", assertionResults };
}

function outcomesOf(reports: Readonly<Record<string, readonly object[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), "uvv-outcomes-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "e2e"));
  for (const [name, testResults] of Object.entries(reports)) {
    writeFileSync(join(folder, name), JSON.stringify({ testResults }));
  }
  let output = "";
  printOutcomes(folder, (text) => (output += text));
  return output;
}
