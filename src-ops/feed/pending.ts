import type { Metadata, Root, Targets } from "@tufjs/models";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Draft, partsOf } from "./draft.ts";
import { decode, type JsonObject } from "./load-feed.ts";
import { decodeRoot, decodeTargets, sha256Hex, type SignedMetadata } from "./metadata.ts";
import { pendingFolder } from "./feed-paths.ts";
import { TARGETS_ROLES, type TargetsRole } from "./roles.ts";

// A draft on its way between the people who sign it (attacker-controlled): it is judged again when it comes back.
const PendingFile = v.object({
  v: v.literal(1),
  summary: v.pipe(v.string(), v.maxLength(300)),
  root: v.optional(v.string()),
  roles: v.array(v.object({ role: v.picklist(TARGETS_ROLES), metadata: v.string() })),
  documents: v.array(v.object({ path: v.pipe(v.string(), v.regex(/^[a-z0-9._/-]{1,200}$/)), content: v.string() })),
});

const MAX_PENDING_BYTES = 16 * MIB;
const ENDING = ".pending.json";

/** The id of a draft; it does not depend on the signatures. */
export function pendingId(draft: Draft): string {
  const signed = partsOf(draft).map(({ role, metadata }) => `${role} ${JSON.stringify(metadata.signed.toJSON())}`);
  return sha256Hex(utf8(signed.join("\n"))).slice(0, 12);
}

export function pendingPath(feed: string, draft: Draft): string {
  return join(pendingFolder(feed), `${pendingId(draft)}${ENDING}`);
}

export function formatPending(draft: Draft): string {
  const file: v.InferInput<typeof PendingFile> = {
    v: 1,
    summary: draft.summary,
    ...(draft.root ? { root: encodeText(draft.root) } : {}),
    roles: Array.from(draft.roles, ([role, metadata]) => ({ role, metadata: encodeText(metadata) })),
    documents: Array.from(draft.documents, ([path, content]) => ({ path, content: toBase64url(content) })),
  };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

/** Reads a pending file (attacker-controlled). PENDING_INVALID, NOT_FOUND. */
export async function readPending(path: string): Promise<Attempt<Draft>> {
  const bytes = await readSmallFile(path, MAX_PENDING_BYTES);
  if (!bytes) return fail("NOT_FOUND", `There is no pending file at ${path}.`);
  const json = parseStrictJson(bytes);
  const file = v.safeParse(PendingFile, json.ok ? json.value : undefined);
  const draft = file.success ? draftOf(file.output) : undefined;
  return draft ? ok(draft) : fail("PENDING_INVALID", `${path} is not a pending change of a feed: ask for it again.`);
}

/** Saves a draft in the feed's folder until it has its signatures; returns its path. */
export async function keepPending(feed: string, draft: Draft): Promise<string> {
  await mkdir(pendingFolder(feed), { recursive: true });
  const path = pendingPath(feed, draft);
  await writeFileAtomic(path, formatPending(draft));
  return path;
}

/** Every pending draft in the feed's folder. Invalid files are skipped. */
export async function listPending(feed: string): Promise<readonly { readonly path: string; readonly draft: Draft }[]> {
  const waiting: { path: string; draft: Draft }[] = [];
  for (const name of await namesIn(pendingFolder(feed))) {
    const path = join(pendingFolder(feed), name);
    const draft = await readPending(path);
    if (draft.ok) waiting.push({ path, draft: draft.value });
  }
  return waiting;
}

export async function dropPending(feed: string, draft: Draft): Promise<void> {
  await rm(pendingPath(feed, draft), { force: true });
}

/** Adds the signatures of one copy of a draft to another. Does nothing if they are different drafts. */
export function mergeSignatures(into: Draft, from: Draft): void {
  if (pendingId(into) !== pendingId(from)) return;
  const others = new Map(partsOf(from).map(({ role, metadata }) => [role, metadata]));
  for (const { role, metadata } of partsOf(into)) {
    Object.assign(metadata.signatures, others.get(role)?.signatures);
  }
}

function draftOf({ summary, root, roles, documents }: v.InferOutput<typeof PendingFile>): Draft | undefined {
  const decodedRoot = root === undefined ? undefined : decodeText(root, decodeRoot);
  if (root !== undefined && !decodedRoot) return undefined;
  const decodedRoles = new Map<TargetsRole, Metadata<Targets>>();
  for (const { role, metadata } of roles) {
    const decoded = decodeText(metadata, decodeTargets);
    if (!decoded) return undefined;
    decodedRoles.set(role, decoded);
  }
  const contents = new Map<string, Uint8Array>();
  for (const { path, content } of documents) {
    const decoded = fromBase64url(content);
    if (!decoded) return undefined;
    contents.set(path, decoded);
  }
  return { summary, root: decodedRoot, roles: decodedRoles, documents: contents };
}

const encodeText = (metadata: SignedMetadata) => JSON.stringify(metadata.toJSON());

function decodeText<T extends Metadata<Root> | Metadata<Targets>>(
  text: string,
  from: (json: JsonObject) => T,
): T | undefined {
  return decode(Buffer.from(text), from);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ENDING)).toSorted();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
