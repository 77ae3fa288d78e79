import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { ManifestClaims } from "../../src-shared/vault/index.ts";
import { type Attempt, type Failure, settle } from "../failure.ts";
import type { Job } from "../job.ts";
import { loadPublisher, type Publisher, publicKeysOf } from "../keys/index.ts";
import { copyStick, type CopyRequest, findApp, type FoundApp, openTrusted, putApp } from "../packing/index.ts";
import { recordStick, type RecordedStick } from "./recorded-sticks.ts";

export type ProductionOrder = {
  readonly keys: string;
  /** A stick or a folder with the vault. */
  readonly master: string;
  /** The folders of sticks without a vault. */
  readonly targets: readonly string[];
  /** A folder with packages of the app, which are put on each stick. */
  readonly app?: string | undefined;
};

/** What became of one stick. `known`: an earlier run has made it. */
export type ProducedStick = { readonly to: string } & (
  | { readonly state: "made" | "known"; readonly stick: RecordedStick }
  | { readonly state: "failed"; readonly error: Failure }
);

/** Makes copies of a master, each with its own stick id and name. One that fails does not stop the others. */
export async function produceSticks(
  { keys, master: from, targets, app: folderOfApp }: ProductionOrder,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<{ readonly sticks: readonly ProducedStick[]; readonly developmentKeys: boolean }>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const master = await openTrusted(from, publicKeysOf(publisher.value));
  if (!master.ok) return master;
  const found = folderOfApp === undefined ? ok(undefined) : await findApp(folderOfApp, job.signal);
  if (!found.ok) return found;
  const { claims } = master.value.vault.manifest;
  const sticks: ProducedStick[] = [];
  for (const [index, to] of targets.entries()) {
    if (job.signal.aborted) break;
    // What the file system refuses for one stick must not end the run for the others.
    const produced = await settle(() =>
      produceStick(publisher.value, claims, { from, to, keys, app: found.value }, job, now),
    );
    sticks.push(produced.ok ? { to, ...produced.value } : { to, state: "failed", error: produced.error });
    job.note(`${index + 1} of ${targets.length}: ${to} ${sticks.at(-1)?.state}.`);
  }
  return ok({ sticks, developmentKeys: master.value.dev });
}

async function produceStick(
  publisher: Publisher,
  master: ManifestClaims,
  { app, ...request }: CopyRequest & { readonly keys: string; readonly app: FoundApp | undefined },
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<{ readonly state: "made" | "known"; readonly stick: RecordedStick }>> {
  const isKnown = await isCopyOf(publisher, request.to, master);
  const copied = isKnown ? ok(undefined) : await copyStick(request, job, now);
  const stick = copied.ok ? await recordStick(publisher, request.to, now) : copied;
  if (stick.ok && app !== undefined) {
    const put = await putApp({ keys: request.keys, stick: request.to, app }, job, now);
    if (!put.ok) return put;
  }
  return stick.ok ? ok({ state: isKnown ? "known" : "made", stick: stick.value }) : stick;
}

/** Whether an earlier run has made this stick: it has all videos of the master, and its own id. */
async function isCopyOf(publisher: Publisher, to: string, master: ManifestClaims): Promise<boolean> {
  const there = await openTrusted(to, publicKeysOf(publisher));
  if (!there.ok) return false;
  const { vaultId, stickId, files } = there.value.vault.manifest.claims;
  const ids = new Set(files.map(({ id }) => id));
  const hasAll = files.length === master.files.length && master.files.every(({ id }) => ids.has(id));
  return vaultId === master.vaultId && stickId !== master.stickId && hasAll;
}
