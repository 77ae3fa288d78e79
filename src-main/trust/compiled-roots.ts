import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { parseTrustRoot, type TrustRoots } from "../../src-shared/jws/index.ts";

/** The anchors of this build. A release build accepts only the compiled ones, and no development key among them. */
export function trustRootsOf(compiled: readonly string[], override: string | undefined, release: boolean): TrustRoots {
  const files = override === undefined || release ? compiled.map(utf8) : readFolder(override);
  return files.map((file) => {
    const root = parseTrustRoot(file);
    // One bad key refuses the whole set: the publisher meant all of them.
    if (!root.ok || (release && root.value.dev)) throw new Error("bad trust root");
    return root.value;
  });
}

function readFolder(folder: string): Uint8Array[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".jwk.json"));
  return names.map((name) => readFileSync(join(folder, name)));
}
