import type { PackProblem } from "../../src-shared/ipc/index.ts";

/** What the code of a file system error means for writing to a stick with space. */
export function writeProblemOf(code: string, platform: NodeJS.Platform): PackProblem {
  if (code === "EROFS") return "PACK_READ_ONLY";
  if (code === "EBUSY") return "PACK_HELD";
  if (code !== "EACCES" && code !== "EPERM") return "PACK_NOT_WRITTEN";
  // Windows has a code of its own for a lock of the stick, and gives these two for files that another program has open.
  return platform === "win32" ? "PACK_HELD" : "PACK_READ_ONLY";
}
