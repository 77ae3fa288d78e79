import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Registers what has to be done when a test, or whatever replaces it, has finished. */
export type Finished = (clean: () => void | Promise<void>) => void;

/** A real folder that is removed when the test has finished. */
export function temporaryFolder(finished: Finished = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "uvv-test-"));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
