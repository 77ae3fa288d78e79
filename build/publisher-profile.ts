import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../src-shared/encoding/text.ts";
import { parseTrustRoot } from "../src-shared/jws/index.ts";

/** What a publisher's build contains. */
export type PublisherProfile = {
  /** Public keys as JWK texts. */
  readonly roots: readonly string[];
  /** How users reach support. */
  readonly support: string;
  /** The update feed: its address (empty: updates come only from sticks) and its first root. */
  readonly feed: { readonly url: string; readonly root: string } | null;
  /** No build with a lower `buildEpoch` is installed by this one. */
  readonly buildFloor: number;
  /** Where telemetry is sent: to the publisher's ingest, or to an OpenTelemetry Collector. `null`: nowhere. */
  readonly ingest: { readonly url: string; readonly isOurs: boolean } | null;
  /** The endpoint of the local metrics files; empty for none. */
  readonly monitoring: string;
};

type ProfileFile = {
  readonly support?: string;
  readonly feed?: string;
  readonly buildFloor?: number;
  readonly ingest?: string;
  readonly collector?: string;
  readonly monitoring?: string;
};

/**
 * Reads a profile folder: `*.jwk.json`, `feed-root.json`, and `profile.json` with
 * `{"support": "...", "feed": "https://...", "buildFloor": 0, "ingest": "https://..." or "collector": "https://...",
 * "monitoring": "https://..."}`. A release refuses development roots, a profile without roots, and addresses without
 * https.
 */
export function readPublisherProfile(folder: string, release: boolean): PublisherProfile {
  const file = readProfileFile(join(folder, "profile.json"));
  const { support = "", feed: url = "", buildFloor = 0, monitoring = "" } = file;
  if (release && url !== "" && !url.startsWith("https://"))
    throw new Error("a release needs a feed address with https");
  const ingest = ingestOf(file);
  for (const address of [ingest?.url ?? "", monitoring]) {
    if (release && address !== "" && !address.startsWith("https://")) {
      throw new Error("a release needs telemetry addresses with https");
    }
  }
  const root = readFeedRoot(join(folder, "feed-root.json"), release);
  const feed = root === undefined ? null : { url, root };
  return { roots: readRoots(folder, release), support, feed, buildFloor, ingest, monitoring };
}

function ingestOf({ ingest, collector }: ProfileFile): PublisherProfile["ingest"] {
  if (ingest !== undefined) return { url: ingest, isOurs: true };
  return collector === undefined ? null : { url: collector, isOurs: false };
}

/** The feed's first root, not checked here: the app checks its signatures at each use. */
function readFeedRoot(path: string, release: boolean): string | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  const { signed } = JSON.parse(text) as { signed?: { readonly "uvv:dev"?: boolean } };
  if (release && signed?.["uvv:dev"] === true)
    throw new Error("feed-root.json is a development root: a release refuses it");
  return text;
}

function readRoots(folder: string, release: boolean): string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jwk.json")) : [];
  const roots = names.toSorted().map((name) => readFileSync(join(folder, name), "utf8"));
  for (const [index, text] of roots.entries()) {
    const root = parseTrustRoot(utf8(text));
    if (!root.ok) throw new Error(`${names[index]} is not a public key file of this product`);
    if (release && root.value.dev) throw new Error(`${names[index]} is a development root: a release refuses it`);
  }
  if (release && roots.length === 0) throw new Error("a release needs trust roots: keys/*.jwk.json");
  return roots;
}

function readProfileFile(path: string): ProfileFile {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as ProfileFile) : {};
}
