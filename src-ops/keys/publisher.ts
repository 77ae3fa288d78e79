import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { PositiveInteger } from "../../src-shared/integers.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { findEnclosingStick } from "../paths.ts";
import { PUBLIC, publisherPath } from "./key-folder.ts";

/** The publisher, read from `private/publisher.json`. */
export type Publisher = {
  readonly folder: string;
  readonly issuer: string;
  /** Raising it in the file makes every older license invalid on each computer that has seen a newer one. */
  readonly licenseEpoch: number;
};

const PublisherFile = v.object({
  v: v.literal(1),
  issuer: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  licenseEpoch: PositiveInteger,
});

/** Opens a key folder. Refuses one on a stick: a finder of the stick would have the keys. */
export async function loadPublisher(folder: string): Promise<Attempt<Publisher>> {
  const stick = await findEnclosingStick(folder);
  if (stick) return fail("KEYS_ON_STICK", `${folder} is on the stick ${stick}: keep the keys on your own computer.`);
  const bytes = await readSmallFile(publisherPath(folder), 4 * KIB);
  if (!bytes) return fail("KEYS_MISSING", `No keys in ${folder}: make them once with \`vaultctl keys init\`.`);
  const json = parseStrictJson(bytes);
  const file = v.safeParse(PublisherFile, json.ok ? json.value : undefined);
  if (!file.success) return fail("KEYS_BROKEN", `${publisherPath(folder)} is damaged: restore it from your backup.`);
  const { issuer, licenseEpoch } = file.output;
  return ok({ folder, issuer, licenseEpoch });
}

/** The folder of the publisher's own trust anchors. */
export function publicKeysOf(publisher: Pick<Publisher, "folder">): string {
  return join(publisher.folder, PUBLIC);
}
