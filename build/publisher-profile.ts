import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../src-shared/encoding/text.ts";
import { parseTrustRoot } from "../src-shared/jws/index.ts";

/** What one publisher's build carries: public keys as JWK texts, and where support is reached. */
export type PublisherProfile = { readonly roots: readonly string[]; readonly support: string };

/**
 * Reads a profile folder: `*.jwk.json`, and `profile.json` with `{"support": "..."}`. A release refuses development
 * roots, and having none.
 */
export function readPublisherProfile(folder: string, release: boolean): PublisherProfile {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jwk.json")) : [];
  const roots = names.toSorted().map((name) => readFileSync(join(folder, name), "utf8"));
  for (const [index, text] of roots.entries()) {
    const root = parseTrustRoot(utf8(text));
    if (!root.ok) throw new Error(`${names[index]} is not a public key of ours`);
    if (release && root.value.dev) throw new Error(`${names[index]} is a development root: a release refuses it`);
  }
  if (release && roots.length === 0) throw new Error("a release needs trust roots: keys/*.jwk.json");
  const file = join(folder, "profile.json");
  const support = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { support: string }).support : "";
  return { roots, support };
}
