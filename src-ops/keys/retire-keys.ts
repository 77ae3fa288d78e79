import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadParent } from "./signers.ts";
import { loadPublisher, type Publisher, publicKeysOf } from "./publisher.ts";
import { withLock } from "./lock.ts";
import { readRegister } from "../register/index.ts";
import { loadTrust } from "./load-trust.ts";
import { isParent, signManifest } from "./sign-manifest.ts";

export type RetirementOrder = {
  readonly keys: string;
  readonly kids: readonly string[];
  readonly parent?: string | undefined;
};

export type Retired = { readonly retired: readonly string[]; readonly seq: number; readonly developmentKeys: boolean };

/** Retires these keys, so that readers no longer accept their signatures. Each role must keep one valid key. */
export async function retireKeys(order: RetirementOrder, now: UnixSeconds): Promise<Attempt<Retired>> {
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  return withLock(publisher.value, "register", () => retireUnderLock(publisher.value, order, now));
}

async function retireUnderLock(
  publisher: Publisher,
  { kids, parent: parentFolder }: RetirementOrder,
  now: UnixSeconds,
): Promise<Attempt<Retired>> {
  const register = await readRegister(publisher.folder);
  if (!register.ok) return register;
  const parent = await loadParent(publisher, parentFolder);
  if (!parent.ok) return parent;
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const { roots } = trust.value;
  const others = roots.filter((root) => !isParent(root));
  const unknown = kids.find((kid) => !others.some((root) => root.kid === kid));
  if (unknown !== undefined) return fail("KEY_UNKNOWN", `No key ${unknown} in ${publicKeysOf(publisher)}.`);
  const after = others.map((root) => (kids.includes(root.kid) ? { ...root, retired: true } : root));
  const withoutKey = others.find(({ role }) => !after.some((root) => root.role === role && !root.retired));
  if (withoutKey) {
    return fail(
      "USAGE",
      `It is the only ${withoutKey.role} key: make the next one first with \`vaultctl keys rotate\`.`,
    );
  }
  const keys = { parents: roots.filter(isParent), others: after };
  const role = others.find((root) => root.kid === kids[0])?.role ?? "";
  const signed = await signManifest(publisher, parent.value, register.value, keys, { role, retired: kids }, now);
  return signed.ok ? ok({ retired: kids, seq: signed.value.seq, developmentKeys: parent.value.dev }) : signed;
}
