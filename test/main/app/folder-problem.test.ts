import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { problemWith } from "../../../src-main/app/folder-problem.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

it("makes the app's folder, and leaves nothing in it", () => {
  const folder = join(temporaryFolder(), "config", "usb-video-vault");
  expect(problemWith(folder)).toBeUndefined();
  expect(problemWith(folder)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

it("reports a place where no folder can be", () => {
  const file = join(temporaryFolder(), "a file");
  writeFileSync(file, "");
  expect(problemWith(join(file, "usb-video-vault"))).toBe("FOLDER_NOT_WRITABLE");
});
