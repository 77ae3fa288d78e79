import { spawn } from "node:child_process";
import type { ManifestPart } from "../../../src-shared/vault/index.ts";
import { createSerialQueue } from "../../../src-shared/serial-queue.ts";
import { startHashThread } from "./hash-thread.ts";

/** What is wrong with a file on the stick. */
export type PartFault = "MISSING" | "SIZE" | "CONTENT" | "UNREADABLE";

/** Reads files back and compares them with what they should be. Close it, or the process stays alive. */
export type ReadBack = {
  /** `undefined`: the file is exactly what it should be. */
  check(path: string, expected: ManifestPart): Promise<PartFault | undefined>;
  close(): Promise<void>;
};

export function createReadBack(): ReadBack {
  const thread = startHashThread();
  // One file at a time: a stick reads one file faster than two at once.
  const enqueue = createSerialQueue();

  async function compare(path: string, expected: ManifestPart): Promise<PartFault | undefined> {
    await dropFromCache(path);
    const found = await thread.ask({ kind: "file", path });
    if (!found || "error" in found) return found?.error === "ENOENT" ? "MISSING" : "UNREADABLE";
    if (found.size !== expected.size) return "SIZE";
    return found.sha256 === expected.sha256 ? undefined : "CONTENT";
  }

  return {
    check: (path, expected) => enqueue(() => compare(path, expected)),
    close: () => thread.close(),
  };
}

// Reading back from the system's memory would prove nothing about the stick. GNU dd asks Linux to forget the file
// (posix_fadvise, which Node lacks); elsewhere the file is read all the same, perhaps from memory.
function dropFromCache(path: string): Promise<void> {
  if (process.platform !== "linux") return Promise.resolve();
  return new Promise((settle) => {
    const dd = spawn("dd", [`if=${path}`, "iflag=nocache,nofollow,nonblock", "count=0", "status=none"], {
      stdio: "ignore",
    });
    dd.once("close", () => settle()).once("error", () => settle());
  });
}
