import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../../build/electron-runtime.ts";
import { LINK_SCHEME } from "../../../src-shared/license/index.ts";

const read = (...names: string[]) => readFileSync(join(projectRoot, ...names), "utf8");

it("the uninstaller for Windows removes the folder that the updater keeps, and the links that the app registers", () => {
  const script = read("build", "packaging", "installer.nsh");
  const cacheFolder = /updaterCacheDirName: "([^"]+)"/.exec(read("src-main", "updates", "electron-installer.ts"))?.[1];
  expect(script).toContain(`RMDir /r "$LOCALAPPDATA\\${cacheFolder}"`);
  expect(script).toContain(`DeleteRegKey HKCU "Software\\Classes\\${LINK_SCHEME}"`);
  expect(read("electron-builder.yml")).toContain("include: build/packaging/installer.nsh");
});

it("removes nothing while an update runs the old version's uninstaller", () => {
  const [, macro = ""] = read("build", "packaging", "installer.nsh").split("!macro customUnInstall\n");
  expect(macro).toMatch(/^ {2}\$\{ifNot\} \$\{isUpdated\}\n[^]*?\n {2}\$\{endIf\}\n!macroend\n$/);
});
