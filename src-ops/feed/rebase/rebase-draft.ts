import { Metadata, type TargetFile, type Targets } from "@tufjs/models";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { canonicalJson } from "../canonical.ts";
import type { Draft } from "../draft.ts";
import { targetsDifference } from "../judge-scope.ts";
import { nextRoot } from "../keyring.ts";
import type { Feed } from "../load-feed.ts";
import { nextTargets } from "../metadata.ts";
import type { TargetsRole } from "../roles.ts";
import { type BaseState, readBase } from "./base-state.ts";
import { mergeTarget } from "./merge-target.ts";
import { rebaseKeys } from "./rebase-keys.ts";

/**
 * Makes a draft again on the present state of the feed: what it was meant to change, without any signature. The result has
 * to be judged like every change. PENDING_OUTDATED: it does not apply any more.
 */
export async function rebaseDraft(feed: Feed, draft: Draft, now: UnixSeconds): Promise<Attempt<Draft>> {
  const base = await readBase(feed.folder, draft);
  if (!base) return outdated("the state of the feed from which it was made is not kept any more");
  const rebased = await rebase(feed, draft, base, now);
  return rebased.ok ? rebased : outdated(rebased.error);
}

function rebase(feed: Feed, draft: Draft, base: BaseState, now: UnixSeconds): Promise<Result<Draft, string>> {
  switch (draft.kind) {
    case "keys":
      return Promise.resolve(rebaseKeys(feed, draft, base, now));
    case "refresh":
      return Promise.resolve(renewAgain(feed, draft, now));
    case "ring":
    case "builds":
    case "halt":
    case "lists":
    case "security":
      return rebaseTargets(feed, draft, base, now);
  }
}

function renewAgain(feed: Feed, draft: Draft, now: UnixSeconds): Result<Draft, string> {
  const roles = Array.from(draft.roles.keys(), (role) => {
    return [role, new Metadata(nextTargets(role, feed.roles.get(role)?.signed, now, {}))] as const;
  });
  const root = draft.root && new Metadata(nextRoot(feed.root.signed, feed.keyring, feed.dev, now));
  return ok({ ...draft, root, roles: new Map(roles), documents: new Map() });
}

async function rebaseTargets(
  feed: Feed,
  draft: Draft,
  base: BaseState,
  now: UnixSeconds,
): Promise<Result<Draft, string>> {
  const roles = new Map<TargetsRole, Metadata<Targets>>();
  const documents = new Map<string, Uint8Array>();
  for (const [role, { signed: own }] of draft.roles) {
    const [was, current] = [base.roles.get(role)?.signed, feed.roles.get(role)?.signed];
    if (!was || !current) return err(`${role} is not in the feed`);
    const targets = new Map<string, TargetFile>();
    for (const path of targetsDifference(was, own).set) {
      const target = own.targets[path];
      if (!target || isSame(current.targets[path], target)) continue;
      const text = draft.documents.get(path);
      if (isSame(current.targets[path], was.targets[path])) {
        targets.set(path, target);
        if (text) documents.set(path, text);
        continue;
      }
      if (!text) return err(`${path} has changed since`);
      const merged = await mergeTarget(feed, { path, base: was, own, text }, now);
      if (!merged.ok) return merged;
      targets.set(path, merged.value.target);
      documents.set(path, merged.value.content);
    }
    if (targets.size > 0) roles.set(role, new Metadata(nextTargets(role, current, now, { targets })));
  }
  if (roles.size === 0) return err("all of it is published already");
  return ok({ kind: draft.kind, summary: draft.summary, root: undefined, roles, documents });
}

function isSame(one: TargetFile | undefined, other: TargetFile | undefined): boolean {
  return canonicalJson(one?.toJSON() ?? null) === canonicalJson(other?.toJSON() ?? null);
}

function outdated(why: string) {
  return fail(
    "PENDING_OUTDATED",
    `The change does not apply to the present feed: ${why}. Make it again, or discard it.`,
  );
}
