import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** What is waited for comes at once, or on a slow machine later: the usual second is no sign of a fault. */
const PATIENT = { timeout: 15_000 };

// `vitest run --project unit`: everything that needs no browser, no Electron and no keychain. Those have configs of
// their own, so that the default run stays quick and the same on every machine.
export default defineConfig({
  test: {
    passWithNoTests: false,
    // Half of a worker's time is spent waiting for the commands that it started.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          // Files share what a worker has loaded, and the sticks and feeds that tests copy. Isolated, each of more than
          // 300 files would load and make them again, which took a third of the time.
          isolate: false,
          // Against a hang, not against a slow machine.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: PATIENT },
          // Thousands of commands are started: each need not compile the same files again.
          env: { NODE_COMPILE_CACHE: join(import.meta.dirname, ".cache", "compile") },
          include: [
            "test/{shared,ops,main,build,walls,vectors,fakes,fuzz}/**/*.test.ts",
            "test/renderer/**/*.test.{ts,tsx}",
          ],
          exclude: ["test/e2e/**", "test/walls/planted/**", "**/*.browser.test.{ts,tsx}", "**/node_modules/**"],
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/**/*.test.ts", "test/renderer/**/*.browser.test.{ts,tsx}"],
          // Real windows on one small display: one file after the other.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: PATIENT },
        },
      },
      {
        test: {
          name: "long",
          environment: "node",
          // Gigabytes and minutes: `npm run long`, before a release.
          include: ["test/long/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "windows",
          environment: "node",
          // The Windows package in Wine: `npm run windows`.
          include: ["test/windows/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Wine writes its registry within half a minute.
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
