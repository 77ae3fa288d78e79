import { spawn } from "node:child_process";
import type { ManifestPart } from "../../../src-shared/vault/index.ts";
import { createSerialQueue } from "../../../src-shared/serial-queue.ts";
import { openHashThread } from "./hash-thread.ts";

/** What is wrong with a file on the stick. */
export type PartFault = "MISSING" | "SIZE" | "CONTENT" | "UNREADABLE";

/** Reads files back and compares them with their expected size and hash. Close it, or the process does not exit. */
export type ReadBack = {
  /** `undefined`: the file is exactly as expected. */
  check(path: string, expected: ManifestPart): Promise<PartFault | undefined>;
  close(): Promise<void>;
};

export function createReadBack(): ReadBack {
  const thread = openHashThread();
  // One file at a time: a stick reads one file faster than two at once.
  const enqueue = createSerialQueue();

  async function compare(path: string, expected: ManifestPart): Promise<PartFault | undefined> {
    await dropFromCache(path);
    const found = await thread.request({ kind: "file", path });
    if (!found || "error" in found) return found?.error === "ENOENT" ? "MISSING" : "UNREADABLE";
    if (found.size !== expected.size) return "SIZE";
    return found.sha256 === expected.sha256 ? undefined : "CONTENT";
  }

  return {
    check: (path, expected) => enqueue(() => compare(path, expected)),
    close: () => thread.close(),
  };
}

// Reading from the page cache would prove nothing about the stick. GNU dd asks Linux to drop the file from the cache
// (posix_fadvise, which Node lacks); on other systems the file may be read from the cache.
function dropFromCache(path: string): Promise<void> {
  if (process.platform !== "linux") return Promise.resolve();
  return new Promise((settle) => {
    const dd = spawn("dd", [`if=${path}`, "iflag=nocache,nofollow,nonblock", "count=0", "status=none"], {
      stdio: "ignore",
    });
    dd.once("close", () => settle()).once("error", () => settle());
  });
}
