import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { tellOutcomes } from "../../build/test-outcomes.ts";

const passed = { fullName: "plays", status: "passed", failureMessages: [] };
const skipped = { fullName: "needs a printer", status: "skipped", failureMessages: [] };
const failed = { fullName: "seeks", status: "failed", failureMessages: ["expected 3 to be 4\n at seeking"] };

it("counts the tests of all runs, and names what was skipped", () => {
  const told = outcomesOf({ "unit.json": [suite(passed, skipped)], "e2e/watching.json": [suite(passed)] });
  expect(told).toBe(
    "skipped: needs a printer\n\n2 passed, 0 failed, 1 skipped, 0 failed once and passed when repeated\n",
  );
});

it("tells a failed test with its reason", () => {
  const told = outcomesOf({ "unit.json": [suite(passed, failed)] });
  expect(told).toContain("failed: seeks\nexpected 3 to be 4\n at seeking\n");
  expect(told).toContain("1 passed, 1 failed, 0 skipped, 0 failed once");
});

it("tells a suite that could not be loaded as failed", () => {
  const unloaded = { name: "watching.test.ts", status: "failed", message: "no such module", assertionResults: [] };
  expect(outcomesOf({ "e2e/watching.json": [unloaded] })).toContain("failed: watching.test.ts\nno such module\n");
});

it("does not forget what failed once when it passed after that", () => {
  const first = [suite(failed, passed)];
  const second = [suite({ ...failed, status: "passed" }, passed)];
  const told = outcomesOf({ "e2e/watching.json.first": first, "e2e/watching.json": second });
  expect(told).toContain("failed once: seeks\nexpected 3 to be 4");
  expect(told).toContain("2 passed, 0 failed, 0 skipped, 1 failed once");
});

it("calls a test that failed twice failed, and only that", () => {
  const told = outcomesOf({ "e2e/watching.json.first": [suite(failed)], "e2e/watching.json": [suite(failed)] });
  expect(told).not.toContain("failed once: seeks");
  expect(told).toContain("0 passed, 1 failed, 0 skipped, 0 failed once");
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
  let told = "";
  tellOutcomes(folder, (text) => (told += text));
  return told;
}
