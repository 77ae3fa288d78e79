import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { FEED_ROLES, feedKeyOf } from "../keys/index.ts";
import { canonicalJson } from "./canonical.ts";
import type { AppliedDraft, Draft } from "./draft.ts";
import { delegationsFor, type Keyring, nextRoot } from "./keyring.ts";
import type { Feed } from "./load-feed.ts";
import { DELEGATED, TOP } from "./roles.ts";

/** The roles whose keys, threshold or generation differ between two keyrings. */
export function changedKeyRoles(before: Keyring, after: Keyring): readonly FeedRole[] {
  return FEED_ROLES.filter((role) => canonicalJson(before[role]) !== canonicalJson(after[role]));
}

/**
 * Judges the root and the delegations of a change. Both must be exactly what vaultctl writes for their keys, and only new
 * keys may differ: as many keys as before, with the same threshold, under the next generation. CHANGE_EXCEEDS_KIND.
 */
export function judgeKeys(
  base: Pick<Feed, "root" | "roles" | "keyring" | "dev">,
  draft: Draft,
  { keyring }: AppliedDraft,
  now: UnixSeconds,
): Attempt<undefined> {
  const changed = changedKeyRoles(base.keyring, keyring);
  if (draft.kind !== "keys" && changed.length > 0) return exceeds(`it changes the keys of ${changed.join(", ")}`);
  if (draft.root) {
    const expected = nextRoot(base.root.signed, keyring, base.dev, now).toJSON();
    const { expires } = draft.root.signed.toJSON();
    if (canonicalJson({ ...expected, expires: expires ?? null }) !== canonicalJson(draft.root.signed.toJSON())) {
      return exceeds("its root has more than the keys of the feed");
    }
  }
  const delegations = draft.roles.get("targets")?.signed.delegations;
  const unchanged = base.roles.get("targets")?.signed.delegations;
  if (draft.roles.has("targets")) {
    const isSame = canonicalJson(delegations?.toJSON()) === canonicalJson(unchanged?.toJSON());
    const isOurs = canonicalJson(delegations?.toJSON()) === canonicalJson(delegationsFor(keyring).toJSON());
    if (!isSame && !(draft.kind === "keys" && isOurs)) return exceeds("its delegations have more than the keys");
  }
  for (const role of changed) {
    const fault = faultOfKeys(base.keyring, keyring, role);
    if (fault !== undefined) return exceeds(`${role} ${fault}`);
  }
  return draft.kind === "keys" ? judgeParts(draft, changed) : ok(undefined);
}

// New keys of a role are listed by its parent, and a delegated role signs its own documents again.
function judgeParts(draft: Draft, changed: readonly FeedRole[]): Attempt<undefined> {
  if (changed.length === 0) return exceeds("it has no new key");
  const isRoot = TOP.some((role) => changed.includes(role));
  const delegated = DELEGATED.filter((role) => changed.includes(role));
  const isTargets = changed.includes("targets") || delegated.length > 0;
  const expected = new Set<string>([...(isTargets ? ["targets"] : []), ...delegated]);
  const foreign = [...draft.roles.keys()].find((role) => !expected.has(role));
  if (foreign !== undefined) return exceeds(`it changes ${foreign}, which has no new key`);
  if (draft.roles.size !== expected.size || isRoot !== (draft.root !== undefined)) {
    return exceeds("a role with new keys is missing");
  }
  return ok(undefined);
}

function faultOfKeys(before: Keyring, after: Keyring, role: FeedRole): string | undefined {
  const [old, next] = [before[role], after[role]];
  if (next.threshold !== old.threshold) return `needs ${next.threshold} signatures instead of ${old.threshold}`;
  if (next.keys.length !== old.keys.length) return `has ${next.keys.length} keys instead of ${old.keys.length}`;
  if (next.generation !== old.generation + 1) return "does not have the next generation";
  const keyids = next.keys.map(({ keyid }) => keyid);
  if (new Set(keyids).size !== keyids.length) return "has a key twice";
  const renamed = next.keys.find(({ keyid, publicHex }) => {
    return feedKeyOf(role, Buffer.from(publicHex, "hex")).keyid !== keyid;
  });
  if (renamed) return `has a key with another id: ${renamed.keyid}`;
  const others = FEED_ROLES.filter((name) => name !== role).flatMap((name) => [
    ...before[name].keys,
    ...after[name].keys,
  ]);
  const shared = next.keys.find(({ keyid }) => others.some((key) => key.keyid === keyid));
  if (shared) return `shares key ${shared.keyid} with another role`;
  const isReplaced = next.keys.some(({ keyid }) => !old.keys.some((key) => key.keyid === keyid));
  return isReplaced ? undefined : "has no new key";
}

export function exceeds(what: string) {
  return fail("CHANGE_EXCEEDS_KIND", `This change contains more than it says: ${what}. Do not sign it; make it again.`);
}
