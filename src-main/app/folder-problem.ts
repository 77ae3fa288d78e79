import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, isOutOfSpace } from "../../src-shared/node/atomic-files.ts";

export type FolderProblem = "FOLDER_FULL" | "FOLDER_NOT_WRITABLE";

/** Why no file can be made in a folder; `undefined` if one can. */
export function problemWith(folder: string): FolderProblem | undefined {
  const probe = join(folder, `.${randomBytes(6).toString("hex")}.probe`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, "a", { flag: "wx", mode: 0o600 });
    return undefined;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return isOutOfSpace(error) ? "FOLDER_FULL" : "FOLDER_NOT_WRITABLE";
  } finally {
    removeProbe(probe);
  }
}

function removeProbe(probe: string): void {
  try {
    rmSync(probe, { force: true });
  } catch (error) {
    // It was not made, or the folder has changed meanwhile.
    if (codeOf(error) === "") throw error;
  }
}
