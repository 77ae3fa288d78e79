import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Registers a cleanup for the end of a test, or of a suite. */
export type Finished = (clean: () => void | Promise<void>) => void;

/** A real folder that is removed after the test. */
export function temporaryFolder(finished: Finished = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "uvv-test-"));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
