import { expect, it } from "vitest";
import { decidePack, type PackHeader } from "../../src-shared/content-pack.ts";
import type { Counter, SeenCounter } from "../../src-shared/ledger/index.ts";
import type { Manifest } from "../../src-shared/vault/index.ts";
import { testId } from "../fakes/test-keys.ts";

const [VAULT, STICK, OTHER] = [testId("vault"), testId("stick"), testId("other")];

const counter = (sequence: number, generation = 1): Counter => ({ generation, sequence });
const manifestAt = (at: Counter, ids = {}) =>
  ({ claims: { vaultId: VAULT, stickId: STICK, ...ids }, counter: at }) as unknown as Manifest;
const packAt = (at: Counter) => ({
  header: { claims: { vaultId: VAULT, stickId: STICK }, counter: at } as unknown as PackHeader,
  manifest: manifestAt(at),
});
const seenAt = (at: Counter) => ({ manifests: new Map<string, SeenCounter>([[STICK, { ...at, payloadHash: "" }]]) });
const UNSEEN = { manifests: new Map() };

it.each([
  ["newer than the stick", packAt(counter(3)), manifestAt(counter(2)), UNSEEN, "ok"],
  ["newer by the generation of its key", packAt(counter(1, 2)), manifestAt(counter(9)), UNSEEN, "ok"],
  ["on the stick", packAt(counter(2)), manifestAt(counter(2)), UNSEEN, "PACK_PRESENT"],
  ["older than the stick", packAt(counter(2)), manifestAt(counter(3)), UNSEEN, "PACK_OLDER"],
  ["signed by an older key", packAt(counter(9)), manifestAt(counter(1, 2)), UNSEEN, "PACK_OLDER"],
  ["older than what was seen", packAt(counter(2)), manifestAt(counter(1)), seenAt(counter(3)), "PACK_OLDER"],
  ["what was seen last", packAt(counter(3)), manifestAt(counter(1)), seenAt(counter(3)), "ok"],
  ["for another stick", packAt(counter(3)), manifestAt(counter(2), { stickId: OTHER }), UNSEEN, "PACK_OTHER_STICK"],
  ["of another vault", packAt(counter(3)), manifestAt(counter(2), { vaultId: OTHER }), UNSEEN, "PACK_OTHER_STICK"],
] as const)("decides about a pack that is %s", (_what, pack, stick, head, expected) => {
  const decided = decidePack(pack, stick, head);
  expect(decided.ok ? "ok" : decided.error).toBe(expected);
});
