import { basename } from "node:path";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { awaitedFrom, awaitedPeople, awaitedSentence, type AwaitedSignatures } from "./awaited.ts";
import { differenceOf } from "./change-difference.ts";
import { changeSentences } from "./change-sentences.ts";
import { type Draft, type MissingSignatures, missingFrom } from "./draft.ts";
import { judgeChange } from "./judge-change.ts";
import type { Feed } from "./load-feed.ts";
import { listPending, PENDING_ENDING } from "./pending.ts";
import { rebaseDraft } from "./rebase/index.ts";
import type { Signer } from "./signers.ts";

/** A change that waits for signatures. */
export type PendingChange = {
  readonly id: string;
  readonly file: string;
  readonly kind: Draft["kind"];
  /** From the file: whoever had it may have changed it. */
  readonly summary: string;
  /** What it does to the present feed. */
  readonly sentences: readonly string[];
  readonly missing: readonly MissingSignatures[];
  readonly awaited: readonly AwaitedSignatures[];
  /** Why it cannot be published; `null` if it only lacks signatures. */
  readonly reason: string | null;
  /** Who does what next. */
  readonly next: readonly { readonly who: string | null; readonly command: string }[];
};

/** Everything that waits for signatures, judged against the present feed. Changes nothing. */
export async function pendingChanges(
  feed: Feed,
  signers: readonly Signer[],
  now: UnixSeconds,
): Promise<readonly PendingChange[]> {
  const changes: PendingChange[] = [];
  for (const { path, draft } of await listPending(feed.folder))
    changes.push(await describe(feed, path, draft, signers, now));
  return changes;
}

async function describe(
  feed: Feed,
  file: string,
  draft: Draft,
  signers: readonly Signer[],
  now: UnixSeconds,
): Promise<PendingChange> {
  const id = basename(file, PENDING_ENDING);
  const { kind, summary } = draft;
  const judged = await judgeChange(feed, draft, now, undefined);
  if (!judged.ok) {
    const { code, message } = judged.error;
    const again = code === "PENDING_OUTDATED" ? await rebaseDraft(feed, draft, now) : undefined;
    const reason = again?.ok === false ? again.error.message : message;
    const command = again?.ok ? "vaultctl feed refresh" : `vaultctl feed discard ${id}`;
    const next = [{ who: null, command }];
    return { id, file, kind, summary, sentences: [], missing: [], awaited: [], reason, next };
  }
  const { before, after } = judged.value.step.keyrings;
  const awaited = awaitedFrom(draft, before, after, signers);
  return {
    id,
    file,
    kind,
    summary,
    sentences: changeSentences(differenceOf(feed, draft, judged.value), signers),
    missing: missingFrom(draft, before, after),
    awaited,
    reason: null,
    next: nextSteps(id, awaited),
  };
}

/** Who does what next: the people who can sign, each with the command; or the publisher, if enough have signed. */
export function nextSteps(id: string, awaited: readonly AwaitedSignatures[]): PendingChange["next"] {
  if (awaited.length === 0) return [{ who: null, command: `vaultctl feed import ${id}` }];
  return awaitedPeople(awaited).map(({ name, roles }) => {
    const named = roles.filter((role) => role === "root" || role === "targets").map((role) => ` --role ${role}`);
    return { who: name, command: `vaultctl feed sign ${id} --person-keys BUNDLE${named.join("")}` };
  });
}

/** A pending change in lines for people. */
export function describePending({
  id,
  kind,
  summary,
  sentences,
  awaited,
  reason,
  next,
}: PendingChange): readonly string[] {
  const what = sentences.length > 0 ? sentences : [`It says of itself: ${summary}`];
  const steps = next.map(({ who, command }) => `  Next${who === null ? "" : `, ${who}`}: ${command}`);
  return [
    `Pending ${id} (${kind}):`,
    ...what.map((sentence) => `  ${sentence}`),
    ...(reason === null ? awaited.map((one) => `  ${awaitedSentence(one)}`) : [`  ${reason}`]),
    ...steps,
  ];
}
