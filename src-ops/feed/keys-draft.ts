import { Metadata, type TargetFile } from "@tufjs/models";
import { RINGS } from "../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import {
  type DelegatedRoleName,
  type FeedRole,
  haltPath,
  type Halts,
  releasePath,
  SECURITY_PATH,
  type SecurityDocument,
} from "../../src-shared/updates/index.ts";
import { activeHalts } from "./documents.ts";
import type { Draft } from "./draft.ts";
import { delegationsFor, type Keyring, nextRoot } from "./keyring.ts";
import type { Feed } from "./load-feed.ts";
import { nextTargets, targetOf } from "./metadata.ts";
import { jsonDocument, type NewDocument } from "./ring-draft.ts";
import { DELEGATED, TOP } from "./roles.ts";

type State = { readonly feed: Feed; readonly now: UnixSeconds };

/**
 * The draft that gives these roles the keys of a keyring. The roles that must sign again are in it: those that list the new
 * keys (root, targets), and the roles that have them.
 *
 * @param dropHalts whether the halts of the replaced halt key are declared void
 */
export function draftOfKeys(state: State, roles: readonly FeedRole[], keyring: Keyring, dropHalts: boolean): Draft {
  const { feed, now } = state;
  const root = TOP.some((role) => roles.includes(role))
    ? nextRoot(feed.root.signed, keyring, feed.dev, now)
    : undefined;
  const delegated = DELEGATED.filter((role) => roles.includes(role));
  const documents = new Map<string, Uint8Array>();
  const draftRoles: [Parameters<typeof feed.roles.get>[0], Metadata<ReturnType<typeof nextTargets>>][] = [];
  if (roles.includes("targets") || delegated.length > 0) {
    const security = dropHalts && roles.includes("halt") ? voidHalts(state, keyring) : undefined;
    const targets = new Map<string, TargetFile>();
    if (security) {
      targets.set(SECURITY_PATH, targetOf(SECURITY_PATH, security.content));
      documents.set(SECURITY_PATH, security.content);
    }
    const change = { targets, delegations: delegationsFor(keyring) };
    draftRoles.push(["targets", new Metadata(nextTargets("targets", feed.roles.get("targets")?.signed, now, change))]);
  }
  for (const role of delegated) {
    const targets = new Map<string, TargetFile>();
    for (const [path, document] of restartSequences(state, role, dropHalts)) {
      targets.set(path, targetOf(path, document.content, document.custom));
      documents.set(path, document.content);
    }
    draftRoles.push([role, new Metadata(nextTargets(role, feed.roles.get(role)?.signed, now, { targets }))]);
  }
  const summary = `new keys for ${roles.join(", ")}`;
  return { kind: "keys", summary, root: root && new Metadata(root), roles: new Map(draftRoles), documents };
}

// Installations remember halts, also those that the publisher has never seen: only the parent of the role can end them.
function voidHalts({ feed }: State, keyring: Keyring): NewDocument {
  const { security } = feed.documents;
  const next: SecurityDocument = { ...security, seq: security.seq + 1, haltGeneration: keyring.halt.generation };
  return jsonDocument(next);
}

// In a new generation the sequence starts at 1, because a thief may have raised the old one to its limit. The document
// stays, even without halts, because readers refuse a feed that lists less than before.
function restartSequences(
  { feed }: State,
  role: DelegatedRoleName,
  dropHalts: boolean,
): ReadonlyMap<string, NewDocument> {
  const restarted = new Map<string, NewDocument>();
  for (const ring of RINGS) {
    const state = feed.documents.rings[ring];
    if (role === ring && state.release) {
      const custom = { offered: [...state.offered] };
      restarted.set(releasePath(ring), { ...jsonDocument({ ...state.release, seq: 1 }), custom });
    }
    if (role === "halt" && state.halts) {
      const active = dropHalts ? [] : activeHalts(feed.documents, ring, feed.keyring.halt.generation);
      const halts: Halts = { ...state.halts, seq: 1, halts: active.map((halt) => ({ ...halt, seq: 1 })) };
      restarted.set(haltPath(ring), jsonDocument(halts));
    }
  }
  return restarted;
}
