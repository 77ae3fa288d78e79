import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundleForElectron } from "../../build/build-app.ts";
import { launcherSwitches, projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";
import { PUBLISHED_VECTORS_ABSENT } from "../vectors/published.ts";
import { suiteFolder } from "./suite-folder.ts";

const folder = suiteFolder();
const VECTORS = join(projectRoot, "..", "shared", "vectors", "c2sp_chunked_encryption_aes_256_gcm_test.json");

it("passes the 35 published container vectors inside Electron, through both readers", async (context) => {
  if (!existsSync(VECTORS)) context.skip(PUBLISHED_VECTORS_ABSENT);
  await bundleForElectron({ vectors: join(import.meta.dirname, "vectors-main.ts") }, ".cache/e2e");
  const outcome = join(folder(), "outcome.json");
  const { executable, version } = readElectronRuntime();
  const main = join(projectRoot, ".cache", "e2e", "vectors.js");
  const profile = `--user-data-dir=${join(folder(), "data")}`;
  execFileSync(executable, [...launcherSwitches(), "--disable-gpu", profile, main, VECTORS, outcome], {
    stdio: "ignore",
  });
  expect(JSON.parse(readFileSync(outcome, "utf8"))).toMatchObject({ electron: version, cases: 35, failures: [] });
});
