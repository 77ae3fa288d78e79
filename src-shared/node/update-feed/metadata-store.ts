import { Metadata, MetadataKind, type Root } from "@tufjs/models";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { err, ok, type Result } from "../../result.ts";
import { type Bytes, MIB } from "../../units.ts";
import { codeOf, removeFolder, writeFileAtomic } from "../atomic-files.ts";
import { readSmallFile } from "../plain-files.ts";

const MAX_STORED_BYTES: Bytes = 8 * MIB;

// In the order of the client workflow: a crash between two copies has the same effect as a crash between two steps of
// that workflow.
const FIRST = ["root.json", "timestamp.json", "snapshot.json", "targets.json"];

/** A private copy of the trusted metadata for tuf-js, which writes in place and without fsync. */
export type Scratch = {
  readonly folder: string;
  /** Copies what was verified to the store, each file completely or not at all. */
  readonly keep: () => Promise<Result<undefined, "NOT_WRITTEN">>;
  readonly remove: () => Promise<void>;
};

/**
 * Copies a store's metadata. Its root is the newer of the stored one and the anchor; an incomplete or unsigned stored
 * root is ignored. `NO_ANCHOR`: the anchor itself is not a root.
 */
export async function openScratch(store: string, anchor: Uint8Array): Promise<Result<Scratch, "NO_ANCHOR">> {
  const stored = await readSmallFile(join(store, "root.json"), MAX_STORED_BYTES);
  const root = newerRoot(stored, anchor);
  if (!root) return err("NO_ANCHOR");
  const folder = await mkdtemp(join(tmpdir(), "uvv-metadata-"));
  for (const name of await namesIn(store)) {
    const content = await readSmallFile(join(store, name), MAX_STORED_BYTES);
    if (content) await writeFile(join(folder, name), content);
  }
  await writeFile(join(folder, "root.json"), root);
  return ok({
    folder,
    keep: () => copyChanges(folder, store),
    remove: () => removeFolder(folder),
  });
}

function newerRoot(stored: Uint8Array | undefined, anchor: Uint8Array): Uint8Array | undefined {
  const anchored = versionOfRoot(anchor);
  if (anchored === undefined) return undefined;
  const kept = stored && versionOfRoot(stored);
  return stored && kept !== undefined && kept > anchored ? stored : anchor;
}

/** The version of a root that its own keys have signed. */
function versionOfRoot(bytes: Uint8Array): number | undefined {
  try {
    const root: Metadata<Root> = Metadata.fromJSON(MetadataKind.Root, JSON.parse(Buffer.from(bytes).toString("utf8")));
    root.verifyDelegate(MetadataKind.Root, root);
    return root.signed.version;
  } catch {
    // Whatever the models throw for bytes that they do not accept, this is not a root.
    return undefined;
  }
}

async function copyChanges(from: string, store: string): Promise<Result<undefined, "NOT_WRITTEN">> {
  try {
    await mkdir(store, { recursive: true });
    for (const name of await namesIn(from)) {
      const content = await readFile(join(from, name));
      const stored = await readSmallFile(join(store, name), MAX_STORED_BYTES);
      if (!stored?.equals(content)) await writeFileAtomic(join(store, name), content);
    }
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("NOT_WRITTEN");
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  const others = names.filter((name) => name.endsWith(".json") && !FIRST.includes(name));
  return [...FIRST.filter((name) => names.includes(name)), ...others];
}
