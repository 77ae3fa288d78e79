import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasName, listNames } from "../../../src-shared/node/list-names.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

describe("names in a folder that an attacker has filled", () => {
  it("are all listed up to ten thousand, and not one more", async () => {
    const folder = temporaryFolder();
    for (let index = 0; index < 10_050; index++) writeFileSync(join(folder, `x${index}`), "");
    const names = await listNames(folder);
    expect(names).toHaveLength(10_000);
    expect(new Set(names).size).toBe(10_000);
  });

  it("are none where there is no folder, a file, or a pipe", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const name of ["absent", "file", "pipe"]) expect(await listNames(join(folder, name))).toEqual([]);
    mkdirSync(join(folder, "empty"));
    expect(await listNames(join(folder, "empty"))).toEqual([]);
  });

  it("are found in exactly the same spelling only", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "root.json"), "");
    expect(await hasName(folder, "root.json")).toBe(true);
    expect(await hasName(folder, "ROOT.json")).toBe(false);
    expect(await hasName(join(folder, "absent"), "root.json")).toBe(false);
  });
});
