import { Worker } from "node:worker_threads";
import type { FileError } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import type { SealedFile, WorkerReply, WorkerRequest } from "./worker-protocol.ts";

/** Unencrypted bytes by position, from any source. */
export type MediaSource = {
  readonly size: Bytes;
  readonly read: (offset: Bytes, length: Bytes) => Promise<Result<Uint8Array<ArrayBuffer>, FileError>>;
  readonly close: () => Promise<void>;
};

/** Opens files of the vault in the worker thread. */
export type MediaReader = {
  readonly open: (file: SealedFile) => Promise<Result<MediaSource, FileError>>;
  /** Ends the thread; reads in progress answer `GONE`. */
  readonly stop: () => Promise<void>;
};

type Request = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, "id"> : never) : never;

/** Reads in the media worker, which is started from its built file when the first file is opened. */
export function createMediaReader(
  workerFile: string,
  failed: (thrown: unknown) => void = () => undefined,
): MediaReader {
  const waiting = new Map<number, (reply: WorkerReply | undefined) => void>();
  let worker: Worker | undefined;
  let lastId = 0;

  function start(): Worker {
    const started = new Worker(workerFile);
    started.on("message", (reply: WorkerReply) => {
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    });
    // A thread that fails ends. Its open files are lost; opening the next file starts another thread.
    started.on("error", failed);
    started.on("exit", () => {
      worker = undefined;
      for (const settle of waiting.values()) settle(undefined);
      waiting.clear();
    });
    return started;
  }

  function sendRequest(request: Request): Promise<WorkerReply | undefined> {
    const id = ++lastId;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      const message: WorkerRequest = { id, ...request };
      worker ??= start();
      worker.postMessage(message, []);
    });
  }

  return {
    async open(file) {
      const reply = await sendRequest({ kind: "open", file });
      if (reply?.kind !== "open") return err("GONE");
      if (!reply.result.ok) return reply.result;
      const { handle, size } = reply.result.value;
      return ok({
        size,
        async read(offset, length) {
          const answer = await sendRequest({ kind: "read", handle, offset, length });
          return answer?.kind === "read" ? answer.result : err("GONE");
        },
        async close() {
          await sendRequest({ kind: "close", handle });
        },
      });
    },
    async stop() {
      await worker?.terminate();
    },
  };
}
