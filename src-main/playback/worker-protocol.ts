import type { FileError } from "../../src-shared/node/vault-reader.ts";
import type { Result } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";

/** One file of the vault together with its key. It is sent to the worker thread and nowhere else. */
export type SealedFile = {
  readonly parts: readonly { readonly path: string; readonly size: Bytes }[];
  readonly key: Uint8Array;
  readonly context: Uint8Array;
};

export type WorkerRequest =
  | { readonly id: number; readonly kind: "open"; readonly file: SealedFile }
  | {
      readonly id: number;
      readonly kind: "read";
      readonly handle: number;
      readonly offset: Bytes;
      readonly length: Bytes;
    }
  | { readonly id: number; readonly kind: "close"; readonly handle: number };

export type WorkerReply =
  | { readonly id: number; readonly kind: "open"; readonly result: Result<{ handle: number; size: Bytes }, FileError> }
  | { readonly id: number; readonly kind: "read"; readonly result: Result<Uint8Array<ArrayBuffer>, FileError> }
  | { readonly id: number; readonly kind: "close" };
