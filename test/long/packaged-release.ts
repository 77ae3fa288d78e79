import { chmodSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createPackageWithOptions, extractAll } from "@electron/asar";
import { buildPrograms } from "../../build/build-app.ts";
import { makePackages } from "../../build/dist.ts";
import { makeHome, type ReleaseApp } from "../e2e/release-app.ts";

/**
 * The package for Linux with its fuses, and in its ASAR the programs of a release that trusts the given keys. `npm run
 * dist -- --release` would demand the official Electron.
 */
export async function packageRelease(folder: string, profile: string): Promise<ReleaseApp> {
  const outFolder = join(folder, "dist");
  await makePackages({ profile, outFolder, kinds: ["tar.gz"] });
  const unpacked = join(outFolder, "linux-unpacked");
  const asar = join(unpacked, "resources", "app.asar");
  const content = join(folder, "content");
  extractAll(asar, content);
  await buildPrograms(join(content, "out"), { profile, release: true });
  await createPackageWithOptions(content, asar, { unpack: "**/*.node" });
  await rm(content, { recursive: true });
  // What the installation of the `.deb` does.
  if (process.getuid?.() === 0) chmodSync(join(unpacked, "chrome-sandbox"), 0o4755);
  return { executable: join(unpacked, "usb-video-vault"), words: [], home: makeHome(folder) };
}
