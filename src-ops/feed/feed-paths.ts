import { join } from "node:path";

// The folder of a feed. `metadata/` and `targets/` are published by a web server; everything else is for the publisher.
export const METADATA = "metadata";
export const TARGETS = "targets";
export const TIMESTAMP_FILE = "timestamp.json";
/** The folder for readers inside the publisher's key folder. */
export const PUBLIC_KEYS = "public";
export const ROOT_ANCHOR = "feed-root.json";
/** The public keys that are compiled into the app. */
export const COMPILED_ROOTS = join(import.meta.dirname, "..", "..", "keys");

export const metadataPath = (feed: string, name: string) => join(feed, METADATA, name);
export const pendingFolder = (feed: string) => join(feed, "pending");
/** The verdict, checklist and evidence of a promotion, which the publisher keeps. */
export const evidenceFolder = (feed: string, ring: string, build: string) => join(feed, "evidence", `${ring}-${build}`);
export const signersPath = (feed: string) => join(feed, "signers.json");
export const ringTargetsPath = (feed: string) => join(feed, "ring-targets.json");
export const journalPath = (feed: string) => join(feed, "publishing.json");
export const lockPath = (feed: string) => join(feed, ".feed.lock");

/** `7.ga.json`; only the timestamp has no version in its name. */
export function metadataName(role: string, version: number): string {
  return role === "timestamp" ? TIMESTAMP_FILE : `${version}.${role}.json`;
}

/** The path of a target on disk: its hash is a prefix of the file name (TUF, consistent snapshots). */
export function targetFileName(targetPath: string, sha256: string): string {
  const at = targetPath.lastIndexOf("/") + 1;
  return `${targetPath.slice(0, at)}${sha256}.${targetPath.slice(at)}`;
}

/** The same, name by name from the feed's folder. */
export function targetFileNames(targetPath: string, sha256: string): readonly [string, ...string[]] {
  return [TARGETS, ...targetFileName(targetPath, sha256).split("/")];
}

export function targetFilePath(feed: string, targetPath: string, sha256: string): string {
  return join(feed, ...targetFileNames(targetPath, sha256));
}
