import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  loadPublisher,
  type Publisher,
  publicKeysOf,
  withLock,
  publishToStick,
  loadTrust,
  readRevocations,
  revocationsPath,
  signNextList,
} from "../keys/index.ts";
import { readRegister, type Register, revokedIn } from "../register/index.ts";
import { openTrusted } from "../packing/index.ts";
import { findToRevoke } from "./find-license.ts";

export type RevocationOrder = {
  readonly keys: string;
  /** Each by its id, or by its customer. */
  readonly licenses: readonly string[];
  /** License issuer keys, by `kid`. */
  readonly issuerKeys: readonly string[];
  readonly sticks: readonly string[];
};

export type Revoked = {
  readonly seq: number;
  readonly licenses: readonly string[];
  readonly keys: readonly string[];
  /** The entries that this run added to the list. */
  readonly added: { readonly licenses: readonly string[]; readonly keys: readonly string[] };
  readonly sticks: readonly string[];
  readonly developmentKeys: boolean;
};

/** Revokes licenses and issuer keys permanently, and writes the list onto sticks. It is safe to run it again. */
export async function revoke(order: RevocationOrder, now: UnixSeconds): Promise<Attempt<Revoked>> {
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  const trust = await loadTrust(publicKeysOf(publisher.value), undefined);
  if (!trust.ok) return trust;
  const unknownKey = order.issuerKeys.find(
    (kid) => !trust.value.roots.some((root) => root.kid === kid && root.role === "license-issuer"),
  );
  if (unknownKey !== undefined)
    return fail("KEY_UNKNOWN", `No license issuer key ${unknownKey} in ${publicKeysOf(publisher.value)}.`);
  for (const stick of order.sticks) {
    const opened = await openTrusted(stick, publicKeysOf(publisher.value));
    if (!opened.ok) return opened;
  }
  const listed = await withLock(publisher.value, "register", () => {
    return listUnderLock(publisher.value, order, trust.value.roots, now);
  });
  if (!listed.ok) return listed;
  for (const stick of order.sticks) {
    const written = await publishToStick(publisher.value, stick);
    if (!written.ok) return written;
  }
  return ok({ ...listed.value, sticks: order.sticks, developmentKeys: trust.value.dev });
}

async function listUnderLock(
  publisher: Publisher,
  { licenses: names, issuerKeys }: RevocationOrder,
  roots: TrustRoots,
  now: UnixSeconds,
): Promise<Attempt<Omit<Revoked, "sticks" | "developmentKeys">>> {
  const register = await readRegister(publisher.folder);
  if (!register.ok) return register;
  const added = findNewRevocations(register.value, names, issuerKeys, now);
  if (!added.ok) return added;
  const { seq: newest } = revokedIn(register.value);
  const nothingNew = added.value.licenses.length + added.value.keys.length === 0;
  const list = await readRevocations(revocationsPath(publisher), roots);
  // After a run that was stopped between register and file, or after a key rotation, the list must be signed again.
  if (nothingNew && (list?.counter.sequence ?? 0) === newest) {
    return ok({
      seq: newest,
      licenses: [...(list?.licenses ?? [])],
      keys: [...(list?.keys ?? [])],
      added: added.value,
    });
  }
  const signed = await signNextList(publisher, register.value, added.value, now);
  if (!signed.ok) return signed;
  const { seq, licenses, keys } = signed.value;
  return ok({ seq, licenses, keys, added: added.value });
}

function findNewRevocations(
  register: Register,
  names: readonly string[],
  kids: readonly string[],
  now: UnixSeconds,
): Attempt<Revoked["added"]> {
  const lids: string[] = [];
  for (const name of names) {
    const found = findToRevoke(register, name, now);
    if (!found.ok) return found;
    lids.push(...found.value);
  }
  const before = revokedIn(register);
  return ok({ licenses: without(lids, before.licenses), keys: without(kids, before.keys) });
}

function without(names: readonly string[], old: ReadonlySet<string>): string[] {
  return [...new Set(names)].filter((name) => !old.has(name));
}
