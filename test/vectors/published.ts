import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Vectors published by third parties are stored next to the repository, not in it.
const FOLDER = join(import.meta.dirname, "../../../shared/vectors");

/** The reason why a suite is skipped in a clone without these vectors. */
export const PUBLISHED_VECTORS_ABSENT = "the published vectors (../shared/vectors) are not next to this repository";

/** The parsed file, or `undefined` in a clone without these vectors. */
export function readPublishedVectors(name: string): unknown {
  const path = join(FOLDER, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
