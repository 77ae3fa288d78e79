import * as v from "valibot";
import { type Json, parseStrictJson } from "../encoding/strict-json.ts";
import { utf8 } from "../encoding/text.ts";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger } from "../integers.ts";
import { type Counter, type LedgerHead, SHORT_HASH_CHARS, type SeenCounter } from "./ledger.ts";

/** The content of a witness, without its seal. */
export type LedgerRecord = {
  readonly installId: string;
  /** Rises with each write. */
  readonly gen: number;
  readonly head: LedgerHead;
  /** Members written by a newer build: preserved when the record is rewritten. */
  readonly unknown: { readonly [name: string]: Json };
};

const Hash = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.minLength(SHORT_HASH_CHARS));

// Arrays and not objects: the same schema reads the file and the keychain, where every byte counts.
const CounterTuple = v.pipe(
  v.tuple([NonNegativeInteger, NonNegativeInteger]),
  v.transform(([generation, sequence]): Counter => ({ generation, sequence })),
);
const SeenTuple = v.pipe(
  v.tuple([RandomId, NonNegativeInteger, NonNegativeInteger, Hash]),
  v.transform(([id, generation, sequence, payloadHash]): [string, SeenCounter] => [
    id,
    { generation, sequence, payloadHash },
  ]),
);
const SeenCounters = v.pipe(
  v.array(SeenTuple),
  v.transform((entries) => new Map(entries)),
);
const NamedCounters = v.optional(
  v.pipe(
    v.array(v.tuple([v.pipe(v.string(), v.minLength(1)), NonNegativeInteger, NonNegativeInteger])),
    v.transform((entries) => new Map(entries.map(([name, generation, sequence]) => [name, { generation, sequence }]))),
  ),
  [],
);
const NamedSeenCounters = v.optional(
  v.pipe(
    v.array(v.tuple([v.pipe(v.string(), v.minLength(1)), NonNegativeInteger, NonNegativeInteger, Hash])),
    v.transform(
      (entries) =>
        new Map(
          entries.map(([name, generation, sequence, payloadHash]) => [name, { generation, sequence, payloadHash }]),
        ),
    ),
  ),
  [],
);

const UPDATE_MEMBERS = {
  roles: NamedCounters,
  rings: NamedSeenCounters,
  halts: NamedSeenCounters,
  halted: NamedCounters,
};

const MEMBERS = {
  v: v.literal(1),
  installId: RandomId,
  gen: NonNegativeInteger,
  licenses: v.optional(SeenCounters, []),
  licenseEpoch: v.optional(NonNegativeInteger, 0),
  revocations: v.optional(CounterTuple, [0, 0]),
  keyManifest: v.optional(CounterTuple, [0, 0]),
  manifests: v.optional(SeenCounters, []),
  buildFloor: v.optional(NonNegativeInteger, 0),
  updates: v.optional(v.looseObject(UPDATE_MEMBERS), {}),
  trustedTime: v.optional(NonNegativeInteger, 0),
  seenTime: v.optional(NonNegativeInteger, 0),
};
const Stored = v.looseObject(MEMBERS);

/** The text of a record: JSON, members in a fixed order, unknown ones last. */
export function formatRecord(record: LedgerRecord): string {
  const { head } = record;
  const { roles, rings, halts, halted, unknown } = head.updates;
  const updates = {
    roles: named(roles),
    rings: seen(rings),
    halts: seen(halts),
    ...(halted.size > 0 ? { halted: named(halted) } : {}),
    ...unknown,
  };
  return JSON.stringify({
    v: 1,
    installId: record.installId,
    gen: record.gen,
    licenses: seen(head.licenses),
    licenseEpoch: head.licenseEpoch,
    revocations: [head.revocations.generation, head.revocations.sequence],
    keyManifest: [head.keyManifest.generation, head.keyManifest.sequence],
    manifests: seen(head.manifests),
    buildFloor: head.buildFloor,
    updates,
    trustedTime: head.trustedTime,
    seenTime: head.seenTime,
    ...record.unknown,
  });
}

/** Reads the text of a record with a valid seal. `undefined`: a record that this build cannot use. */
export function parseRecord(text: string): LedgerRecord | undefined {
  const json = parseStrictJson(utf8(text));
  const stored = v.safeParse(Stored, json.ok ? json.value : undefined);
  if (!stored.success) return undefined;
  const { installId, gen, updates, licenses, licenseEpoch, revocations, keyManifest, manifests } = stored.output;
  const { buildFloor, trustedTime, seenTime, ...rest } = stored.output;
  const { roles, rings, halts, halted } = updates;
  const head: LedgerHead = {
    licenses,
    licenseEpoch,
    revocations,
    keyManifest,
    manifests,
    buildFloor,
    updates: { roles, rings, halts, halted, unknown: without(updates, UPDATE_MEMBERS) },
    trustedTime,
    seenTime,
  };
  return { installId, gen, head, unknown: without(rest, MEMBERS) };
}

function without(members: object, known: object): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(members as Record<string, Json>).filter(([name]) => !(name in known)));
}

function seen(counters: ReadonlyMap<string, SeenCounter>) {
  return Array.from(counters, ([id, { generation, sequence, payloadHash }]) => [id, generation, sequence, payloadHash]);
}

function named(counters: ReadonlyMap<string, Counter>) {
  return Array.from(counters, ([name, { generation, sequence }]) => [name, generation, sequence]);
}
