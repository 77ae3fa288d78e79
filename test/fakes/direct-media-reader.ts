import type { MediaReader } from "../../src-main/playback/index.ts";
import { openVaultFile } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";

/** Reads media in this thread instead of the worker: the same code below, without messages. */
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
