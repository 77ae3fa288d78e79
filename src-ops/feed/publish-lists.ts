import { ok } from "../../src-shared/result.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { KEYS_PATH, REVOCATIONS_PATH } from "../../src-shared/updates/index.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { KEYS_FILE, REVOCATIONS_FILE } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import { loadPublisher, findDueDocuments } from "../keys/index.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { hashOfTarget } from "./metadata.ts";
import { targetFilePath } from "./feed-paths.ts";
import { draftOf } from "./ring-draft.ts";

const PATHS: Readonly<Record<string, string>> = { [KEYS_FILE]: KEYS_PATH, [REVOCATIONS_FILE]: REVOCATIONS_PATH };

/** Publishes the publisher's revocation list and key manifest in the feed. `undefined`: the feed already has them. */
export async function publishLists(transaction: FeedTransaction): Promise<Attempt<TransactionResult | undefined>> {
  const { feed, now } = transaction;
  const publisher = await loadPublisher(transaction.keys);
  if (!publisher.ok) return publisher;
  const pathOf = (name: string) => {
    const path = PATHS[name] ?? "";
    const target = feed.roles.get("lists")?.signed.targets[path];
    return target ? targetFilePath(feed.folder, path, hashOfTarget(target)) : path;
  };
  const read = async (name: string, maxBytes: number) =>
    (await readSmallFile(pathOf(name), maxBytes))?.toString("utf8");
  const due = await findDueDocuments(publisher.value, { pathOf, read }, undefined);
  if (!due.ok) return due;
  if (due.value.length === 0) return ok(undefined);
  const texts = due.value.map(({ name, text }) => [PATHS[name] ?? "", { content: utf8(text) }] as const);
  const summary = `new: ${due.value.map(({ name }) => name).join(", ")}`;
  return submitDraft(transaction, draftOf(feed, summary, new Map([["lists" as const, new Map(texts)]]), now));
}
