import { existsSync } from "node:fs";
import { join } from "node:path";
import { Packager, WinPackager } from "electron-builder";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../build/electron-runtime.ts";

/** electron-builder's settings for Windows, as it reads them. */
async function windowsPackager(): Promise<WinPackager> {
  const packager = new Packager({ projectDir: projectRoot });
  await packager.validateConfig();
  return new WinPackager(packager);
}

describe("the file types of Windows", () => {
  it("have a name for people, and a name for the registry without spaces", async () => {
    const types = (await windowsPackager()).fileAssociations;
    expect(types.map(({ ext }) => ext)).toEqual(["uvvlic", "uvvpack"]);
    for (const { name, description } of types) {
      expect(description).toMatch(/^USB Video Vault \w+$/);
      // ProgID: letters, digits and periods, 39 at most.
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+$/);
      expect(name?.length).toBeLessThanOrEqual(39);
    }
    expect(new Set(types.map(({ name }) => name)).size).toBe(types.length);
  });
});

describe("the installer of Windows", () => {
  it("notes the folder of the installation, by the script of this repository", async () => {
    const include = (await windowsPackager()).config.nsis?.include;
    expect(include).toBe("build/packaging/installer.nsh");
    expect(existsSync(join(projectRoot, include ?? ""))).toBe(true);
  });
});
