import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { withWriterLock } from "../ledger/index.ts";

/** Keeps other processes out of a queue until the returned function is called. `IN_USE`: another process was first. */
export async function holdQueueLock(folder: string): Promise<Result<() => Promise<void>, string>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err(codeOf(error));
  }
  const released = Promise.withResolvers<void>();
  const acquired = Promise.withResolvers<"taken">();
  const holding = withWriterLock(join(folder, "lock"), () => {
    acquired.resolve("taken");
    return released.promise;
  });
  const outcome = await Promise.race([acquired.promise, holding]);
  if (outcome !== "taken") return err("IN_USE");
  return ok(async () => {
    released.resolve();
    await holding;
  });
}
