import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { requireForeignFolder } from "../../src-shared/node/foreign-files.ts";
import { ok } from "../../src-shared/result.ts";
import { DATA_FOLDER, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher, type Publisher, withLock } from "../keys/index.ts";
import { isInside, resolveLinks } from "../paths.ts";

/** Refuses a stick path that is not an existing folder. */
export async function requireStick(root: string): Promise<Attempt<undefined>> {
  const status = await stat(root);
  return status.isDirectory()
    ? ok(undefined)
    : fail("NOT_A_STICK", `${root} is not a folder: name the folder of the stick.`);
}

/** Opens the publisher's keys and locks the stick, so that no other vaultctl changes it at the same time. */
export async function withLockedStick<T>(
  request: { readonly stick: string; readonly keys: string },
  work: (publisher: Publisher) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  const stick = await requireStick(request.stick);
  if (!stick.ok) return stick;
  await requireForeignFolder(request.stick, [VAULT_FOLDER, DATA_FOLDER]);
  if (await isInside(request.keys, request.stick)) {
    return fail("KEYS_ON_STICK", `${request.keys} is on the stick: keep the keys on your own computer.`);
  }
  const publisher = await loadPublisher(request.keys);
  if (!publisher.ok) return publisher;
  const pathHash = createHash("sha256")
    .update(await resolveLinks(request.stick))
    .digest("hex")
    .slice(0, 16);
  return withLock(publisher.value, `stick-${pathHash}`, () => work(publisher.value));
}
