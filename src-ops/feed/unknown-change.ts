import { canonicalJson } from "./canonical.ts";
import { type Draft, partsOf } from "./draft.ts";
import type { Feed } from "./load-feed.ts";
import type { TargetsRole } from "./roles.ts";

/** A draft in the feed's folder. */
export type WaitingDraft = { readonly path: string; readonly id: string; readonly draft: Draft };

/** What has become of a change that was signed elsewhere (attacker-controlled) and does not wait here, as far as the feed shows it. */
export function whyUnknown({ root, roles }: Feed, draft: Draft, waiting: readonly WaitingDraft[]): string {
  const parts = partsOf(draft).map(({ role, metadata }) => ({
    metadata,
    published: role === "root" ? root : roles.get(role as TargetsRole),
  }));
  if (parts.every(({ metadata, published }) => published && text(metadata.signed) === text(published.signed)))
    return "It is published already.";
  const again = waiting.find(({ draft: { kind, summary } }) => kind === draft.kind && summary === draft.summary);
  if (again) return `Another change was published first, so it was made again as ${again.id}: have that one signed.`;
  if (parts.some(({ metadata, published }) => published && metadata.signed.version <= published.signed.version))
    return "The feed has changed since: make the change again, and have it signed.";
  return "It was made in another copy of the feed, or discarded here: make it here with the same command, and have it signed.";
}

function text(signed: { toJSON(): object }): string {
  return canonicalJson(JSON.parse(JSON.stringify(signed)));
}
