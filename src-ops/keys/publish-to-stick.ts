import { join } from "node:path";
import { parseKeyManifest, KEY_MANIFEST_PROFILE, type TrustRoots } from "../../src-shared/jws/index.ts";
import { compareCounters, type Counter } from "../../src-shared/ledger/index.ts";
import { parseRevocations } from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { readForeignFile, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { KEYS_FILE, REVOCATIONS_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Publisher, publicKeysOf } from "./publisher.ts";
import { loadTrust } from "./load-trust.ts";

/** A document that the publisher signs once for all sticks, and that each stick carries. */
type PublishedDocument = {
  readonly name: string;
  readonly maxBytes: Bytes;
  readonly source: (publisher: Publisher) => string;
  readonly counter: (text: string, roots: TrustRoots) => Counter | undefined;
};

const PUBLISHED_DOCUMENTS: readonly PublishedDocument[] = [
  {
    name: KEYS_FILE,
    maxBytes: KEY_MANIFEST_PROFILE.maxBytes,
    source: (publisher) => join(publicKeysOf(publisher), KEYS_FILE),
    counter(text, roots) {
      const manifest = parseKeyManifest(text, roots);
      return manifest.ok ? manifest.value.counter : undefined;
    },
  },
  {
    name: REVOCATIONS_FILE,
    maxBytes: MAX_ARMORED_CHARS,
    source: (publisher) => join(publisher.folder, REVOCATIONS_FILE),
    counter(text, roots) {
      const list = parseRevocations(text, roots);
      return list.ok ? list.value.counter : undefined;
    },
  },
];

/** A document that is missing at a target, or older there. */
export type DueDocument = { readonly name: string; readonly text: string };

/** Where documents are published (a stick, a feed). */
export type PublishTarget = {
  read(name: string, maxBytes: Bytes): Promise<string | undefined>;
  /** The path of a document, for messages. */
  pathOf(name: string): string;
};

/** Writes the publisher's key manifest and revocation list, if there are any, onto a stick and returns their names. Refuses
 * a stick that carries a newer one: then the key folder is an old copy, and must not sign anything.
 */
export async function publishToStick(publisher: Publisher, stick: string): Promise<Attempt<readonly string[]>> {
  const due = await findDueDocuments(publisher, stickTarget(stick), stick);
  if (!due.ok) return due;
  for (const { name, text } of due.value) await writeForeignFile(stick, [VAULT_FOLDER, name], text);
  return ok(due.value.map(({ name }) => name));
}

/** Refuses a key folder that is older than the stick, before any work is done with it. */
export async function requireNewestKeys(publisher: Publisher, stick: string): Promise<Attempt<undefined>> {
  const due = await findDueDocuments(publisher, stickTarget(stick), stick);
  return due.ok ? ok(undefined) : due;
}

function stickTarget(stick: string): PublishTarget {
  const pathOf = (name: string) => join(stick, VAULT_FOLDER, name);
  return {
    pathOf,
    read: async (name, maxBytes) => (await readForeignFile(stick, [VAULT_FOLDER, name], maxBytes))?.toString("utf8"),
  };
}

/** The documents to write to a target. KEYS_BROKEN, KEYS_OUTDATED; trust anchors are never read from `stick`. */
export async function findDueDocuments(
  publisher: Publisher,
  target: PublishTarget,
  stick: string | undefined,
): Promise<Attempt<readonly DueDocument[]>> {
  const trust = await loadTrust(publicKeysOf(publisher), stick);
  if (!trust.ok) return trust;
  const { roots } = trust.value;
  const due: DueDocument[] = [];
  for (const { name, maxBytes, source, counter } of PUBLISHED_DOCUMENTS) {
    const text = (await readSmallFile(source(publisher), maxBytes))?.toString("utf8");
    const ownCounter = text === undefined ? undefined : counter(text, roots);
    if (text !== undefined && !ownCounter) {
      return fail("KEYS_BROKEN", `${source(publisher)} is not signed by the newest key: see \`license audit\`.`);
    }
    const there = await target.read(name, maxBytes);
    const publishedCounter = there === undefined ? undefined : counter(there, roots);
    if (publishedCounter && compareCounters(publishedCounter, ownCounter ?? NO_COUNTER) > 0) {
      const path = target.pathOf(name);
      return fail("KEYS_OUTDATED", `${path} is newer than yours: ${publisher.folder} is an old copy, use the newest.`);
    }
    if (text !== undefined && text !== there) due.push({ text, name });
  }
  return ok(due);
}

const NO_COUNTER: Counter = { generation: 0, sequence: 0 };
