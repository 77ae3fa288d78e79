import { spawn } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ManifestPart } from "../../src-shared/vault/index.ts";
import type { HashAnswer } from "./read-back-worker.ts";

/** What is wrong with a file on the stick. */
export type PartFault = "MISSING" | "SIZE" | "CONTENT" | "UNREADABLE";

/** Reads files back and compares them with what they should be. Close it, or the process stays alive. */
export type ReadBack = {
  /** `undefined`: the file is exactly what it should be. */
  check(path: string, expected: ManifestPart): Promise<PartFault | undefined>;
  close(): Promise<void>;
};

export function createReadBack(): ReadBack {
  const worker = new Worker(new URL("./read-back-worker.ts", import.meta.url));
  let last: Promise<unknown> = Promise.resolve();

  async function ask(path: string, expected: ManifestPart): Promise<PartFault | undefined> {
    await dropFromCache(path);
    const answered = once(worker, "message");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
    worker.postMessage(path);
    const [answer] = (await answered) as [HashAnswer];
    if ("error" in answer) return answer.error === "ENOENT" ? "MISSING" : "UNREADABLE";
    if (answer.size !== expected.size) return "SIZE";
    return answer.sha256 === expected.sha256 ? undefined : "CONTENT";
  }

  return {
    // One after the other: a stick reads one file faster than two at once.
    check(path, expected) {
      const checked = last.then(() => ask(path, expected));
      last = checked.catch(() => {});
      return checked;
    },
    close: async () => void (await worker.terminate()),
  };
}

// Reading back from the system's memory would prove nothing about the stick. GNU dd asks Linux to forget the file (posix_fadvise,
// which Node lacks); elsewhere the read is still done, and may be answered from memory.
function dropFromCache(path: string): Promise<void> {
  if (process.platform !== "linux") return Promise.resolve();
  return new Promise((settle) => {
    const dd = spawn("dd", [`if=${path}`, "iflag=nocache", "count=0", "status=none"], { stdio: "ignore" });
    dd.once("close", () => settle()).once("error", () => settle());
  });
}
