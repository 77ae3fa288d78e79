import { basename } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { awaitedFrom, type AwaitedSignatures } from "./awaited.ts";
import { type Draft, requireCurrent } from "./draft.ts";
import type { JudgedChange } from "./judge-change.ts";
import type { Feed } from "./load-feed.ts";
import { dropPending, keepPending, listPending, PENDING_ENDING } from "./pending.ts";
import { rebaseDraft } from "./rebase/index.ts";
import { readSigners } from "./signers.ts";

/** What became of a change that waited while another one was published. */
export type WaitingChange = {
  /** Its id so far. */
  readonly was: string;
  readonly summary: string;
} & (
  | {
      readonly outcome: "rebased";
      readonly id: string;
      readonly file: string;
      readonly awaited: readonly AwaitedSignatures[];
    }
  | { readonly outcome: "kept"; readonly reason: string }
);

/**
 * Makes the changes that wait again on the present feed, if it has overtaken them. A change that is made again has no
 * signature, because it has other bytes: nothing is signed here. A change that does not apply any more, or is not allowed
 * any more, stays as it is.
 */
export async function rebasePending(
  feed: Feed,
  now: UnixSeconds,
  judge: (draft: Draft) => Promise<Attempt<JudgedChange>>,
): Promise<readonly WaitingChange[]> {
  const changes: WaitingChange[] = [];
  const known = await readSigners(feed.folder);
  for (const { path, draft } of await listPending(feed.folder)) {
    if (requireCurrent(feed, draft).ok) continue;
    const { summary } = draft;
    const was = basename(path, PENDING_ENDING);
    const rebased = await rebaseDraft(feed, draft, now);
    const judged = rebased.ok ? await judge(rebased.value) : rebased;
    if (!rebased.ok || !judged.ok) {
      const reason = judged.ok ? "" : judged.error.message;
      changes.push({ was, summary, outcome: "kept", reason });
      continue;
    }
    const file = await keepPending(feed.folder, rebased.value);
    await dropPending(feed.folder, draft);
    const { before, after } = judged.value.step.keyrings;
    const awaited = awaitedFrom(rebased.value, before, after, known.ok ? known.value : []);
    changes.push({ was, summary, outcome: "rebased", id: basename(file, PENDING_ENDING), file, awaited });
  }
  return changes;
}

/** The same after a publication, which has succeeded whatever happens to the changes that wait. */
export async function rebaseAfterPublishing(
  work: () => Promise<readonly WaitingChange[]>,
): Promise<{ readonly waiting: readonly WaitingChange[]; readonly warnings: readonly string[] }> {
  try {
    return { waiting: await work(), warnings: [] };
  } catch (error) {
    // Errors of the file system, such as a full disk.
    if (codeOf(error) === "") throw error;
    const what = "It is published, but the changes that wait could not be made again";
    return { waiting: [], warnings: [`${what} (${codeOf(error)}): the next command that publishes tries it again.`] };
  }
}
