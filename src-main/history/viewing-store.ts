import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { formatViewing, MAX_VIEWING_BYTES, parseViewing, type ViewingChange } from "../../src-shared/viewing.ts";
import { openKeptFile } from "./kept-file.ts";

/** What the viewer has chosen and collected in one vault. Stored on this computer, never on the stick. */
export type ViewingStore = {
  readonly kept: () => ViewingChange;
  readonly change: (change: ViewingChange) => Promise<Result<undefined, "NOT_WRITTEN">>;
  /** Resolves when every change is on disk, or its write has failed. */
  readonly idle: () => Promise<void>;
};

export async function openViewing(folder: string, vaultId: string): Promise<ViewingStore> {
  const file = await openKeptFile<ViewingChange>(join(folder, `${vaultId}.json`), {
    parse: parseViewing,
    format: formatViewing,
    empty: {},
    maxBytes: MAX_VIEWING_BYTES,
  });

  async function flush(): Promise<Result<undefined, "NOT_WRITTEN">> {
    try {
      await file.flush();
      return ok(undefined);
    } catch (error) {
      if (codeOf(error) === "") throw error;
      return err("NOT_WRITTEN");
    }
  }

  return {
    kept: file.value,
    change(change) {
      file.set({ ...file.value(), ...change });
      return flush();
    },
    idle: async () => void (await flush()),
  };
}
