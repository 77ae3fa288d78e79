import { describe, expect, it } from "vitest";
import { type BuildId, fileFor, listBuilds } from "../../../src-shared/updates/index.ts";
import { install, target } from "./feeds.ts";

const deb = target("build-2");
const zip = { ...target("build-2", { kind: "zip", platform: "win32" }), path: "builds/build-2/app_2.0.0.zip" };
const notes = { path: "builds/build-2/notes.json", length: 10, sha256: "cd".repeat(32), custom: null };

describe("the list of builds", () => {
  it("groups the files of each build and skips the notes", () => {
    const builds = listBuilds([deb, notes, target("build-1"), zip]);
    expect([...builds.keys()]).toEqual(["build-2", "build-1"]);
    expect(builds.get("build-2" as BuildId)).toMatchObject({
      buildId: "build-2",
      version: "2.0.0",
      buildEpoch: 2,
      files: [
        { path: deb.path, kind: "deb", length: 1000 },
        { path: zip.path, kind: "zip" },
      ],
    });
  });

  it.each([
    ["one file is not understood", [deb, { ...zip, custom: null }]],
    ["its files disagree on the version", [deb, { ...target("build-2", { version: "2.0.1" }), path: zip.path }]],
    ["its files disagree on the epoch", [deb, { ...target("build-2", { buildEpoch: 9 }), path: zip.path }]],
    ["two names differ only in case", [deb, { ...deb, path: "builds/build-2/App_2.0.0.deb" }]],
    ["the path names another build", [{ ...deb, path: "builds/build-1/app.deb" }]],
    ["the path leads out of the folder", [{ ...deb, path: "builds/build-2/../app.deb" }]],
  ])("leaves a build out completely if %s", (_name, targets) => {
    expect(listBuilds(targets).size).toBe(0);
  });

  it("has one file for a computer, or none", () => {
    const build = listBuilds([deb, zip]).get("build-2" as BuildId)!;
    expect(fileFor(build, install())).toMatchObject({ path: deb.path });
    expect(fileFor(build, install({ arch: "arm64" }))).toBeUndefined();
    const twice = listBuilds([deb, { ...deb, path: "builds/build-2/other_2.0.0.deb" }]).get("build-2" as BuildId)!;
    expect(fileFor(twice, install())).toBeUndefined();
  });
});
