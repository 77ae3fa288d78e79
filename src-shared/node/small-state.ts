import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { codeOf, removeFile, syncFolder, writeFileAtomic } from "./atomic-files.ts";
import { readSmallFile } from "./plain-files.ts";
import { KIB } from "../units.ts";

/** One small value in a file of its own, always written completely. */
export type SmallState<T> = {
  /** `undefined`: the file does not exist or cannot be read. */
  readonly read: () => Promise<T | undefined>;
  /** Throws the file system's error, like the other methods. */
  readonly write: (value: T) => Promise<void>;
  readonly remove: () => Promise<void>;
};

export function smallStateIn<S extends v.GenericSchema>(path: string, schema: S): SmallState<v.InferOutput<S>> {
  return {
    async read() {
      const bytes = await readSmallFile(path, 64 * KIB);
      const json = bytes && parseStrictJson(bytes);
      const value = v.safeParse(schema, json?.ok ? json.value : undefined);
      return value.success ? value.output : undefined;
    },
    async write(value) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, JSON.stringify(value), 0o600);
    },
    async remove() {
      try {
        await removeFile(path);
        await syncFolder(dirname(path));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
      }
    },
  };
}
