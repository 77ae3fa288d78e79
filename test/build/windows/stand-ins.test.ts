import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makePackages } from "../../../build/dist.ts";
import { projectRoot } from "../../../build/electron-runtime.ts";
import { NSIS_VARIABLES, refuseStandIns, STAND_IN_MARK } from "../../../build/windows/stand-ins.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const SOURCES = join(projectRoot, "build", "windows", "stand-ins");

/** A folder as electron-builder wants it, whose one plug-in is a stand-in or not. */
function nsisWith(content: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "plugins", "x86-unicode"), { recursive: true });
  writeFileSync(join(folder, "plugins", "x86-unicode", "StdUtils.dll"), `MZ\0\0${content}\0`);
  return folder;
}

describe("a release", () => {
  it.each(NSIS_VARIABLES)("refuses stand-ins that %s names, however deep they are", (name) => {
    expect(() => refuseStandIns({ [name]: nsisWith(STAND_IN_MARK) })).toThrow("a release refuses it");
    expect(() => refuseStandIns({ [name]: nsisWith("another plug-in") })).not.toThrow();
    expect(() => refuseStandIns({})).not.toThrow();
  });

  it("refuses them before it builds anything", async () => {
    const [name] = NSIS_VARIABLES;
    process.env[name] = nsisWith(STAND_IN_MARK);
    onTestFinished(() => void delete process.env[name]);
    const outFolder = join(temporaryFolder(), "dist");
    await expect(makePackages({ release: true, kinds: ["win-installer"], outFolder })).rejects.toThrow("stand-in");
  });
});

it("every stand-in contains the mark by which a release knows it", () => {
  const sources = readdirSync(SOURCES);
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) {
    const code = readFileSync(join(SOURCES, source), "utf8");
    expect(code).toContain(`uvv_stand_in[]`);
    expect(code).toContain(`"${STAND_IN_MARK}"`);
  }
});
