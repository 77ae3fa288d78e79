import { parentPort } from "node:worker_threads";
import { openVaultFile, type VaultFile } from "../../src-shared/node/vault-reader.ts";
import { err, ok } from "../../src-shared/result.ts";
import type { WorkerReply, WorkerRequest } from "./worker-protocol.ts";

// The only thread that holds file handles and file keys. A slow or hanging stick blocks this thread, never the main
// process.
const port = parentPort;
if (!port) throw new Error("the media worker runs as a worker thread only");

const files = new Map<number, VaultFile>();
let lastHandle = 0;

port.on("message", (request: WorkerRequest) => void serve(request));

async function serve(request: WorkerRequest): Promise<void> {
  const reply = await answer(request);
  const transfer = reply.kind === "read" && reply.result.ok ? [reply.result.value.buffer] : [];
  port?.postMessage(reply, transfer);
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  switch (request.kind) {
    case "open": {
      const { parts, key, context } = request.file;
      const file = await openVaultFile(parts, key, context);
      if (!file.ok) return { id, kind: "open", result: file };
      files.set(++lastHandle, file.value);
      return { id, kind: "open", result: ok({ handle: lastHandle, size: file.value.size }) };
    }
    case "read": {
      const clear = await files.get(request.handle)?.read(request.offset, request.length);
      // A handle that was closed while the read was waiting: its reader is gone, nobody listens any more.
      if (!clear) return { id, kind: "read", result: err("GONE") };
      if (!clear.ok) return { id, kind: "read", result: clear };
      return { id, kind: "read", result: ok(alone(clear.value)) };
    }
    case "close": {
      const file = files.get(request.handle);
      files.delete(request.handle);
      await file?.close();
      return { id, kind: "close" };
    }
  }
}

/**
 * Bytes in a buffer of their own, so that the buffer can be transferred; copied only if the buffer holds more than
 * these bytes.
 */
function alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
