import { join } from "node:path";
import { build } from "vite";
import { projectRoot } from "./electron-runtime.ts";
import { rendererBuild } from "./vite/renderer.config.ts";

export const HARNESS_PAGES = join(projectRoot, ".cache", "harness");

/** Builds the pages in which the tests try the screens, as the app's own pages are built. */
export async function buildHarness(): Promise<void> {
  await build({
    ...rendererBuild,
    configFile: false,
    root: join(projectRoot, "test", "renderer", "harness"),
    logLevel: "warn",
    build: { ...rendererBuild.build, outDir: HARNESS_PAGES },
  });
}
