import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { removeFile, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { journalPath } from "./feed-paths.ts";

/** A file of the feed; `path` is relative to the feed's folder, with `/` between the names. */
export type FeedFile = { readonly path: string; readonly content: Uint8Array };

// The only files that a journal may contain, so that a manipulated journal cannot write any other file.
const VISIBLE = /^(?:metadata\/(?:timestamp|[1-9]\d{0,15}\.root)|ring-targets)\.json$/;

const Journal = v.object({
  v: v.literal(1),
  files: v.array(v.object({ path: v.pipe(v.string(), v.regex(VISIBLE)), content: v.string() })),
});

/** Publishes a state: first every file that readers do not see yet (`hidden`), then the few files that make it current
 * (`visible`), in order. The visible files are first saved in a journal, so that after a crash the next run can finish.
 */
export async function commitFiles(
  feed: string,
  hidden: readonly FeedFile[],
  visible: readonly FeedFile[],
): Promise<void> {
  for (const { path, content } of hidden) await writeInto(feed, path, content);
  const files = visible.map(({ path, content }) => ({ path, content: toBase64url(content) }));
  const journal: v.InferInput<typeof Journal> = { v: 1, files };
  await writeFileAtomic(journalPath(feed), JSON.stringify(journal));
  await finish(feed, visible);
}

/** Completes a publication that a crash interrupted. FEED_BROKEN: the journal is invalid. */
export async function finishCommit(feed: string): Promise<Attempt<undefined>> {
  if (!(await exists(journalPath(feed)))) return ok(undefined);
  const bytes = await readSmallFile(journalPath(feed), 8 * MIB);
  const json = bytes && parseStrictJson(bytes);
  const journal = v.safeParse(Journal, json?.ok ? json.value : undefined);
  const files = journal.success ? journal.output.files.map(decodeFile) : [undefined];
  if (!files.every((file) => file !== undefined)) {
    return fail("FEED_BROKEN", `${journalPath(feed)} is damaged: restore the feed from your backup.`);
  }
  await finish(feed, files);
  return ok(undefined);
}

async function finish(feed: string, visible: readonly FeedFile[]): Promise<void> {
  for (const { path, content } of visible) await writeInto(feed, path, content);
  await removeFile(journalPath(feed));
  await syncFolder(feed);
}

async function writeInto(feed: string, path: string, content: Uint8Array): Promise<void> {
  await writeForeignFile(feed, path.split("/") as [string, ...string[]], content);
}

function decodeFile({ path, content }: { readonly path: string; readonly content: string }): FeedFile | undefined {
  const bytes = fromBase64url(content);
  return bytes && { path, content: bytes };
}
