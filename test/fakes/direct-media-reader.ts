import type { MediaReader } from "../../src-main/playback/index.ts";
import { openVaultFile } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";

/** Reads in this thread what the app reads in its worker: the same code, without messages. */
export function createDirectMediaReader(): MediaReader {
  return {
    async open({ parts, key, context }) {
      const file = await openVaultFile(parts, key, context);
      if (!file.ok) return file;
      const { size, close } = file.value;
      return ok({
        size,
        close,
        async read(offset, length) {
          const clear = await file.value.read(offset, length);
          return clear.ok ? ok(new Uint8Array(clear.value)) : clear;
        },
      });
    },
    stop: async () => undefined,
  };
}
