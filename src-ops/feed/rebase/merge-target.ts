import type { TargetFile, Targets } from "@tufjs/models";
import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import {
  haltPath,
  MAX_DOCUMENT_BYTES,
  parseHalts,
  parseRelease,
  parseSecurity,
  releasePath,
  SECURITY_PATH,
  type SecurityDocument,
} from "../../../src-shared/updates/index.ts";
import { activeHalts } from "../documents.ts";
import { targetFilePath } from "../feed-paths.ts";
import { fitted } from "../fit-halts.ts";
import type { Feed } from "../load-feed.ts";
import { hashOfTarget, targetOf } from "../metadata.ts";
import { jsonDocument } from "../ring-draft.ts";
import { mergeRelease } from "./merge-release.ts";

/** A document that a change and the present feed have both changed since the change was made. */
export type Contested = {
  readonly path: string;
  readonly base: Targets;
  readonly own: Targets;
  readonly text: Uint8Array;
};

export type Merged = { readonly target: TargetFile; readonly content: Uint8Array };

/** The document with both changes. The error says why there is none. */
export async function mergeTarget(feed: Feed, contested: Contested, now: UnixSeconds): Promise<Result<Merged, string>> {
  const { path, text } = contested;
  if (path === SECURITY_PATH) return mergeSecurity(feed, text);
  for (const ring of RINGS) {
    if (path === haltPath(ring)) return mergeHalts(feed, ring, text, now);
    if (path === releasePath(ring)) return mergeRing(feed, ring, contested, now);
  }
  return err(`${path} has changed since`);
}

function mergeSecurity({ documents }: Feed, text: Uint8Array): Result<Merged, string> {
  const own = parseSecurity(text);
  if (!own.ok) return err(`${SECURITY_PATH} is damaged in it`);
  const { security } = documents;
  const merged: SecurityDocument = {
    ...security,
    seq: security.seq + 1,
    buildFloor: Math.max(security.buildFloor, own.value.buildFloor),
    revokedBuilds: [...new Set([...security.revokedBuilds, ...own.value.revokedBuilds])],
  };
  return ok(asTarget(SECURITY_PATH, merged));
}

// Halts add up: those of the change come to those in force.
function mergeHalts(feed: Feed, ring: Ring, text: Uint8Array, now: UnixSeconds): Result<Merged, string> {
  const own = parseHalts(text, ring);
  if (!own.ok) return err(`${haltPath(ring)} is damaged in it`);
  const added = own.value.halts.filter((halt) => halt.seq === own.value.seq);
  const inForce = activeHalts(feed.documents, ring, feed.keyring.halt.generation);
  const others = inForce.filter(({ build }) => !added.some((halt) => halt.build === build));
  const seq = (feed.documents.rings[ring].halts?.seq ?? 0) + 1;
  const halts = [...others, ...added.map((halt) => ({ ...halt, seq, issued: now }))];
  return ok(asTarget(haltPath(ring), fitted({ v: 2, ring, seq, halts })));
}

async function mergeRing(
  feed: Feed,
  ring: Ring,
  { path, base, own, text }: Contested,
  now: UnixSeconds,
): Promise<Result<Merged, string>> {
  const was = base.targets[path];
  const bytes = was && (await readSmallFile(targetFilePath(feed.folder, path, hashOfTarget(was)), MAX_DOCUMENT_BYTES));
  const before = bytes && parseRelease(bytes, ring);
  const next = parseRelease(text, ring);
  if (!next.ok || (was && !before?.ok)) return err(`${path} is damaged, or not kept any more`);
  const current = feed.documents.rings[ring];
  const merged = mergeRelease(
    { base: before?.ok ? before.value : undefined, own: next.value, current: current.release },
    now,
  );
  if (!merged.ok) return merged;
  const grown = offeredIn(own.targets[path]).filter((build) => !offeredIn(was).includes(build));
  const offered = [...new Set<string>([...current.offered, ...grown])];
  return ok(asTarget(path, merged.value, { offered }));
}

function offeredIn(target: TargetFile | undefined): readonly string[] {
  const offered = target?.custom["offered"];
  return Array.isArray(offered) ? offered.filter((build) => typeof build === "string") : [];
}

function asTarget(path: string, document: object, custom?: NonNullable<Parameters<typeof targetOf>[2]>): Merged {
  const { content } = jsonDocument(document);
  return { content, target: targetOf(path, content, custom) };
}
