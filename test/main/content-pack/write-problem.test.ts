import { expect, it } from "vitest";
import { writeProblemOf } from "../../../src-main/content-pack/index.ts";

it.each([
  ["win32", "EROFS", "PACK_READ_ONLY"],
  ["win32", "EPERM", "PACK_HELD"],
  ["win32", "EACCES", "PACK_HELD"],
  ["win32", "EBUSY", "PACK_HELD"],
  ["win32", "EIO", "PACK_NOT_WRITTEN"],
  ["win32", "UNKNOWN", "PACK_NOT_WRITTEN"],
  ["linux", "EROFS", "PACK_READ_ONLY"],
  ["linux", "EACCES", "PACK_READ_ONLY"],
  ["darwin", "EPERM", "PACK_READ_ONLY"],
  ["linux", "EIO", "PACK_NOT_WRITTEN"],
] as const)("on %s, %s is told as %s", (platform, code, problem) => {
  expect(writeProblemOf(code, platform)).toBe(problem);
});
