import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import type { Job } from "../job.ts";
import { loadPublisher, withLock } from "../keys/index.ts";
import { type ContentPack, writeContentPack } from "../packing/index.ts";
import { findStickInUse } from "./recorded-sticks.ts";

export type PackRequest = {
  readonly keys: string;
  /** The stick, by its name or id. */
  readonly stick: string;
  /** A stick or a folder with the content that it shall have. */
  readonly master: string;
  readonly out: string | undefined;
};

/** Writes the content pack for a stick that is at its customer's. */
export async function makeContentPack(
  { keys, stick, master, out }: PackRequest,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<ContentPack>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const known = await findStickInUse(publisher.value, stick);
  if (!known.ok) return known;
  const { folder: record, name } = known.value;
  return withLock(publisher.value, "packs", () =>
    writeContentPack(publisher.value, { record, master, out, name }, job, now),
  );
}
