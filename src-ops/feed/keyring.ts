import { type Metadata, Root, Targets } from "@tufjs/models";
import * as v from "valibot";
import {
  type DelegatedRoleName,
  DELEGATIONS,
  type FeedRole,
  GENERATION_MEMBER,
  parseGeneration,
} from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { nextHeader, SPEC_VERSION, tufKey } from "./metadata.ts";
import { DELEGATED, TOP, type TopRole } from "./roles.ts";

/** The keys of a role, the number of signatures that it needs, and the generation of every counter under it. */
export type RoleKeys = {
  readonly keys: readonly { readonly keyid: string; readonly publicHex: string }[];
  readonly threshold: number;
  readonly generation: number;
};
export type Keyring = Readonly<Record<FeedRole, RoleKeys>>;

const Ed25519 = v.object({
  keytype: v.literal("ed25519"),
  scheme: v.literal("ed25519"),
  keyval: v.object({ public: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
});
const Entry = v.looseObject({ keyids: v.array(v.string()), threshold: v.number() });
const RootKeys = v.looseObject({ keys: v.record(v.string(), Ed25519), roles: v.record(v.string(), Entry) });
const DelegatedKeys = v.looseObject({
  keys: v.record(v.string(), Ed25519),
  roles: v.array(v.looseObject({ ...Entry.entries, name: v.string() })),
});

type Keys = v.InferOutput<typeof RootKeys>["keys"];

/** The keys of every role from root and targets; `undefined` if a role is missing or its entry is invalid. */
export function keyringOf(root: Metadata<Root>, targets: Metadata<Targets>): Keyring | undefined {
  const top = v.safeParse(RootKeys, root.signed.toJSON());
  const delegated = v.safeParse(DelegatedKeys, targets.signed.delegations?.toJSON());
  if (!top.success || !delegated.success) return undefined;
  const found: { [role in FeedRole]?: RoleKeys | undefined } = {};
  for (const role of TOP) found[role] = roleKeys(top.output.keys, top.output.roles[role]);
  for (const role of DELEGATED) {
    const entry = delegated.output.roles.find(({ name }) => name === role);
    found[role] = roleKeys(delegated.output.keys, entry);
  }
  const isWhole = [...TOP, ...DELEGATED].every((role) => found[role] !== undefined);
  return isWhole ? (found as Keyring) : undefined;
}

function roleKeys(keys: Keys, entry: v.InferOutput<typeof Entry> | undefined): RoleKeys | undefined {
  const generation = entry && parseGeneration(entry as Parameters<typeof parseGeneration>[0]);
  if (!entry || !generation?.ok) return undefined;
  const named = entry.keyids.map((keyid) => ({ keyid, publicHex: keys[keyid]?.keyval.public ?? "" }));
  if (named.some(({ publicHex }) => publicHex === "")) return undefined;
  return { keys: named, threshold: entry.threshold, generation: generation.value };
}

/** Marks the root of a feed with development keys, which a released app refuses. */
export const DEVELOPMENT_MEMBER = "uvv:dev";

/** The next root metadata, with these keys. */
export function nextRoot(
  before: Root | undefined,
  keyring: Pick<Keyring, TopRole>,
  dev: boolean,
  now: UnixSeconds,
): Root {
  const { version, specVersion, expires } = nextHeader("root", before?.version ?? 0, now);
  return Root.fromJSON({
    _type: "root",
    spec_version: specVersion,
    version,
    expires,
    consistent_snapshot: true,
    keys: keysJson(TOP.map((role) => keyring[role])),
    roles: Object.fromEntries(TOP.map((role) => [role, entryJson(keyring[role])])),
    ...(dev ? { [DEVELOPMENT_MEMBER]: true } : {}),
  });
}

export function isDevelopmentRoot(root: Root): boolean {
  return root.unrecognizedFields[DEVELOPMENT_MEMBER] === true;
}

/** The delegations of `targets`, with these keys. */
export function delegationsFor(keyring: Pick<Keyring, DelegatedRoleName>): NonNullable<Targets["delegations"]> {
  const roles = DELEGATED.map((role) => ({
    name: role,
    ...entryJson(keyring[role]),
    terminating: true,
    paths: [...DELEGATIONS[role]],
  }));
  const { delegations } = Targets.fromJSON({
    _type: "targets",
    spec_version: SPEC_VERSION,
    version: 1,
    expires: "2000-01-01T00:00:00Z",
    targets: {},
    delegations: { keys: keysJson(DELEGATED.map((role) => keyring[role])), roles },
  });
  if (!delegations) throw new TypeError("the models dropped the delegations");
  return delegations;
}

function entryJson({ keys, threshold, generation }: RoleKeys) {
  return { keyids: keys.map(({ keyid }) => keyid), threshold, [GENERATION_MEMBER]: generation };
}

function keysJson(roles: readonly RoleKeys[]) {
  return Object.fromEntries(roles.flatMap(({ keys }) => keys.map((key) => [key.keyid, tufKey(key).toJSON()])));
}
