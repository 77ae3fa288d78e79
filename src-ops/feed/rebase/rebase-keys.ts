import type { Metadata, Targets } from "@tufjs/models";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { type FeedRole, SECURITY_PATH } from "../../../src-shared/updates/index.ts";
import type { Draft } from "../draft.ts";
import { changedKeyRoles } from "../judge-keys.ts";
import { type Keyring, keyringOf, type RoleKeys } from "../keyring.ts";
import { draftOfKeys } from "../keys-draft.ts";
import type { Feed } from "../load-feed.ts";
import type { BaseState } from "./base-state.ts";

/** Replaces the same keys as a change did, in the present keyring. The error says which of them is not there any more. */
export function rebaseKeys(feed: Feed, draft: Draft, base: BaseState, now: UnixSeconds): Result<Draft, string> {
  const targets = feed.roles.get("targets") as Metadata<Targets>;
  const before = keyringOf(base.root ?? feed.root, base.roles.get("targets") ?? targets);
  const after = keyringOf(draft.root ?? feed.root, draft.roles.get("targets") ?? targets);
  if (!before || !after) return err("it leaves a role without keys");
  const roles = changedKeyRoles(before, after);
  const keyring: { [role in FeedRole]: RoleKeys } = { ...feed.keyring };
  for (const role of roles) {
    const replaced = replaceAgain(feed.keyring, role, before[role], after[role]);
    if (!replaced.ok) return replaced;
    keyring[role] = replaced.value;
  }
  const isDropping = draft.documents.has(SECURITY_PATH);
  return ok({ ...draftOfKeys({ feed, now }, roles, keyring, isDropping), summary: draft.summary });
}

function replaceAgain(current: Keyring, role: FeedRole, before: RoleKeys, after: RoleKeys): Result<RoleKeys, string> {
  const keys = [...current[role].keys];
  for (const [index, old] of before.keys.entries()) {
    const next = after.keys[index];
    if (!next || next.keyid === old.keyid) continue;
    const at = keys.findIndex(({ keyid }) => keyid === old.keyid);
    if (at < 0) return err(`the ${role} key ${old.keyid} that it replaces is replaced already`);
    keys[at] = next;
  }
  return ok({ ...current[role], keys, generation: current[role].generation + 1 });
}
