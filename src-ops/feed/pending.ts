import type { Metadata, Root, Targets } from "@tufjs/models";
import { readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { codeOf, removeFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { requireForeignFolder, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { canonicalJson } from "./canonical.ts";
import { CHANGE_KINDS } from "./change-kind.ts";
import { type Draft, partsOf } from "./draft.ts";
import { decode, type Feed, type JsonObject } from "./load-feed.ts";
import { decodeRoot, decodeTargets, sha256Hex, type SignedMetadata } from "./metadata.ts";
import { pendingFolder } from "./feed-paths.ts";
import { TARGETS_ROLES, type TargetsRole } from "./roles.ts";
import { type WaitingDraft, whyUnknown } from "./unknown-change.ts";

const ID = /^[0-9a-f]{12}$/;

// A draft on its way between the people who sign it (attacker-controlled): it is judged by everyone who signs it, and
// again when it comes back.
const PendingFile = v.strictObject({
  v: v.literal(2),
  id: v.pipe(v.string(), v.regex(ID)),
  kind: v.picklist(CHANGE_KINDS),
  summary: v.pipe(v.string(), v.maxLength(300)),
  root: v.optional(v.string()),
  roles: v.array(v.strictObject({ role: v.picklist(TARGETS_ROLES), metadata: v.string() })),
  documents: v.array(
    v.strictObject({ path: v.pipe(v.string(), v.regex(/^[a-z0-9._/-]{1,200}$/)), content: v.string() }),
  ),
});

const MAX_PENDING_BYTES = 16 * MIB;
export const PENDING_ENDING = ".pending.json";

/** The id of a draft; it does not depend on the signatures. */
export function pendingId(draft: Draft): string {
  const signed = partsOf(draft).map(({ role, metadata }) => `${role} ${JSON.stringify(metadata.signed.toJSON())}`);
  return sha256Hex(utf8(signed.join("\n"))).slice(0, 12);
}

function pendingPath(feed: string, id: string): string {
  return join(pendingFolder(feed), `${id}${PENDING_ENDING}`);
}

export function formatPending(draft: Draft): string {
  const file: v.InferInput<typeof PendingFile> = {
    v: 2,
    id: pendingId(draft),
    kind: draft.kind,
    summary: draft.summary,
    ...(draft.root ? { root: encodeText(draft.root) } : {}),
    roles: Array.from(draft.roles, ([role, metadata]) => ({ role, metadata: encodeText(metadata) })),
    documents: Array.from(draft.documents, ([path, content]) => ({ path, content: toBase64url(content) })),
  };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

/** Reads a pending file (attacker-controlled) whose content matches its id. PENDING_INVALID, NOT_FOUND. */
export async function readPending(path: string): Promise<Attempt<Draft>> {
  const copy = await readCopy(path);
  if (!copy.ok) return copy;
  const { id, draft } = copy.value;
  return id === pendingId(draft) ? ok(draft) : invalid(path);
}

/**
 * Finds the draft that was made in this feed's folder under the id of a copy (attacker-controlled), and returns both. The
 * two must be the same but for the signatures. PENDING_UNKNOWN, PENDING_CHANGED, PENDING_INVALID, NOT_FOUND.
 */
export async function findOwnDraft(
  feed: Feed,
  path: string,
): Promise<Attempt<{ readonly own: Draft; readonly copy: Draft }>> {
  const copy = await readCopy(path);
  if (!copy.ok) return copy;
  const { id, draft } = copy.value;
  const own = await readPending(pendingPath(feed.folder, id));
  if (!own.ok && own.error.code === "NOT_FOUND")
    return fail(
      "PENDING_UNKNOWN",
      `${path}: no change ${id} waits here. ${whyUnknown(feed, draft, await listPending(feed.folder))}`,
    );
  if (!own.ok) return own;
  if (canonicalJson(contentOf(own.value)) === canonicalJson(contentOf(draft)))
    return ok({ own: own.value, copy: draft });
  return fail("PENDING_CHANGED", `${path} is not the change ${id} that was made here: somebody has altered it.`);
}

// Everything in a draft but the signatures.
function contentOf(draft: Draft) {
  const { kind, summary, documents } = draft;
  const parts = partsOf(draft).map(({ role, metadata }) => ({ ...metadata.toJSON(), role, signatures: [] }));
  return { kind, summary, parts, documents: Array.from(documents, ([path, bytes]) => [path, toBase64url(bytes)]) };
}

async function readCopy(path: string): Promise<Attempt<{ readonly id: string; readonly draft: Draft }>> {
  const bytes = await readSmallFile(path, MAX_PENDING_BYTES);
  if (!bytes) return fail("NOT_FOUND", `There is no pending file at ${path}.`);
  const json = parseStrictJson(bytes);
  const file = v.safeParse(PendingFile, json.ok ? json.value : undefined);
  const draft = file.success ? draftOf(file.output) : undefined;
  return file.success && draft ? ok({ id: file.output.id, draft }) : invalid(path);
}

function invalid(path: string) {
  return fail("PENDING_INVALID", `${path} is not a pending change of a feed, or it was altered: ask for it again.`);
}

/** The path of a pending change that is named by its id, or by its file anywhere. */
export function pendingFileNamed(feed: string | undefined, named: string): string {
  return feed !== undefined && ID.test(named) ? pendingPath(feed, named) : named;
}

/** Removes a change that waits in the feed's folder, also a damaged one. PENDING_UNKNOWN. */
export async function discardPending(feed: string, named: string): Promise<Attempt<{ readonly id: string }>> {
  const id = basename(named, PENDING_ENDING);
  const unknown = fail("PENDING_UNKNOWN", `No change ${named} waits here: see \`vaultctl feed pending\`.`);
  if (!ID.test(id)) return unknown;
  await requireForeignFolder(feed, [basename(pendingFolder(feed))]);
  if (!(await exists(pendingPath(feed, id)))) return unknown;
  await removeFile(pendingPath(feed, id));
  await syncFolder(pendingFolder(feed));
  return ok({ id });
}

/** Saves a draft in the feed's folder until it has its signatures; returns its path. */
export async function keepPending(feed: string, draft: Draft): Promise<string> {
  const path = pendingPath(feed, pendingId(draft));
  await writeForeignFile(feed, relative(feed, path).split(sep) as [string, ...string[]], formatPending(draft));
  return path;
}

/** Every pending draft in the feed's folder. Invalid files are skipped. */
export async function listPending(feed: string): Promise<readonly WaitingDraft[]> {
  const waiting: WaitingDraft[] = [];
  for (const name of await namesIn(pendingFolder(feed))) {
    const path = join(pendingFolder(feed), name);
    const draft = await readPending(path);
    if (draft.ok) waiting.push({ path, id: basename(name, PENDING_ENDING), draft: draft.value });
  }
  return waiting;
}

export async function dropPending(feed: string, draft: Draft): Promise<void> {
  await removeFile(pendingPath(feed, pendingId(draft)));
}

function draftOf({ kind, summary, root, roles, documents }: v.InferOutput<typeof PendingFile>): Draft | undefined {
  const decodedRoot = root === undefined ? undefined : decodeText(root, decodeRoot);
  if (root !== undefined && !decodedRoot) return undefined;
  const decodedRoles = new Map<TargetsRole, Metadata<Targets>>();
  for (const { role, metadata } of roles) {
    const decoded = decodeText(metadata, decodeTargets);
    if (!decoded || decodedRoles.has(role)) return undefined;
    decodedRoles.set(role, decoded);
  }
  const contents = new Map<string, Uint8Array>();
  for (const { path, content } of documents) {
    const decoded = fromBase64url(content);
    if (!decoded || contents.has(path)) return undefined;
    contents.set(path, decoded);
  }
  return { kind, summary, root: decodedRoot, roles: decodedRoles, documents: contents };
}

const encodeText = (metadata: SignedMetadata) => JSON.stringify(metadata.toJSON());

function decodeText<T extends Metadata<Root> | Metadata<Targets>>(
  text: string,
  from: (json: JsonObject) => T,
): T | undefined {
  const decoded = decode(Buffer.from(text), from);
  // The models may drop or change what they do not know: then what is signed would not be what is in the file.
  const isWhole = decoded && canonicalJson(decoded.toJSON()) === canonicalJson(JSON.parse(text));
  return isWhole ? decoded : undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(PENDING_ENDING)).toSorted();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
