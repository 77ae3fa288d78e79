import { join } from "node:path";
import { build } from "vite";
import { projectRoot } from "./electron-runtime.ts";
import { rendererBuild } from "./vite/renderer.config.ts";

export const HARNESS_PAGES = join(projectRoot, ".cache", "harness");

/** Builds the pages in which the tests run the screens, in the same way as the app's own pages. */
export async function buildHarness(): Promise<void> {
  await build({
    ...rendererBuild,
    configFile: false,
    root: join(projectRoot, "test", "renderer", "harness"),
    logLevel: "warn",
    build: { ...rendererBuild.build, outDir: HARNESS_PAGES },
  });
}
