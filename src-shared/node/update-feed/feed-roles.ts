import type { Metadata, Root } from "@tufjs/models";
import type { Counter } from "../../ledger/index.ts";
import { err, ok, type Result } from "../../result.ts";
import type { UnixSeconds } from "../../units.ts";
import { DELEGATIONS, parseGeneration, TOP_ROLES } from "../../updates/index.ts";
import type { Json } from "../../encoding/strict-json.ts";
import { isLater } from "./tuf-clock.ts";
import type { TufClient } from "./tuf-client.ts";

type Keys = Metadata<Root>["signed"]["keys"];
type Role = { readonly keyIDs: readonly string[]; readonly unrecognizedFields?: Readonly<Record<string, unknown>> };

/** A role's entry in its parent, with the keys that the entry names. */
type Entry = { readonly name: string; readonly role: Role; readonly keys: Keys };

/**
 * The counters of every role that was loaded in a run: the generation comes from the parent, the sequence is the
 * version. `MALFORMED`: a generation that is not a number.
 */
export function countRoles(client: TufClient): Result<ReadonlyMap<string, Counter>, "MALFORMED"> {
  const counters = new Map<string, Counter>();
  for (const { name, role } of entriesOf(client)) {
    const loaded = loadedRole(client, name);
    if (!loaded) continue;
    const generation = parseGeneration((role.unrecognizedFields ?? {}) as Record<string, Json>);
    if (!generation.ok || !Number.isSafeInteger(loaded.version)) return err("MALFORMED");
    counters.set(name, { generation: generation.value, sequence: loaded.version });
  }
  return ok(counters);
}

/**
 * Whether every key is Ed25519 and no role counts one key twice under two names: TUF leaves both to the repository, but
 * here a threshold means that several persons have approved.
 */
export function hasSoundKeys(client: TufClient): boolean {
  return entriesOf(client).every(({ role, keys }) => {
    const own = role.keyIDs.map((id) => keys[id]);
    const isEd25519 = own.every((key) => key?.keyType === "ed25519" && key.scheme === "ed25519");
    return isEd25519 && new Set(own.map((key) => key?.keyVal["public"]?.toLowerCase())).size === own.length;
  });
}

/** Whether no loaded role has expired at a time: the dates themselves are checked, independently of tuf-js. */
export function isFresh(client: TufClient, now: UnixSeconds): boolean {
  return entriesOf(client).every(({ name }) => {
    const loaded = loadedRole(client, name);
    return !loaded || isLater(loaded.expires, now);
  });
}

function entriesOf(client: TufClient): Entry[] {
  const { root, targets } = client.trusted();
  const top = TOP_ROLES.map((name) => ({ name, role: root.signed.roles[name] as Role, keys: root.signed.keys }));
  const delegations = targets?.signed.delegations;
  const delegated = Object.values(delegations?.roles ?? {})
    .filter(({ name }) => Object.hasOwn(DELEGATIONS, name))
    .map((role) => ({ name: role.name, role, keys: delegations?.keys ?? {} }));
  return [...top, ...delegated];
}

function loadedRole(
  client: TufClient,
  name: string,
): { readonly version: number; readonly expires: string } | undefined {
  const { root, timestamp, snapshot, targets } = client.trusted();
  switch (name) {
    case "root":
      return root.signed;
    case "timestamp":
      return timestamp?.signed;
    case "snapshot":
      return snapshot?.signed;
    case "targets":
      return targets?.signed;
    default:
      return client.role(name)?.signed;
  }
}
