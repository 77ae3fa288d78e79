import { type PublicJwk, rootOfJwk, type TrustRole, type TrustRoot } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadParent } from "./signers.ts";
import { loadPublisher, type Publisher, publicKeysOf } from "./publisher.ts";
import { makeKey } from "./make-key.ts";
import { publicKeyPath } from "./key-folder.ts";
import { withLock } from "./lock.ts";
import { unlockFolder } from "./protection/index.ts";
import { readRegister, type Register, revokedIn } from "../register/index.ts";
import { signNextList } from "./revocation-list.ts";
import { loadTrust } from "./load-trust.ts";
import { isParent, signManifest } from "./sign-manifest.ts";

export type RotatedRole = Exclude<TrustRole, "key-manifest">;

export type RotationOrder = {
  readonly keys: string;
  readonly role: RotatedRole;
  /** The folder of the parent key; the key folder itself if absent. */
  readonly parent?: string | undefined;
  /** The older keys of the role stay valid until `keys retire`. */
  readonly keepOld: boolean;
};

export type RotatedKeys = {
  readonly role: TrustRole;
  readonly kid: string | null;
  readonly generation: number | null;
  readonly retired: readonly string[];
  readonly file: string | null;
  /** Of the key manifest. */
  readonly seq: number;
  readonly developmentKeys: boolean;
};

/** Creates the next key of a role and a key manifest, signed by the parent key, that makes it valid. */
export async function rotateKey(order: RotationOrder, now: UnixSeconds): Promise<Attempt<RotatedKeys>> {
  if (order.role === "vault-publisher" && !order.keepOld) {
    return fail(
      "USAGE",
      "Sticks that the old key signed would open nowhere, and could not be signed again: use --keep-old, sign each " +
        "stick with `vaultctl stick resign`, then `vaultctl keys retire`.",
    );
  }
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  return withLock(publisher.value, "register", () => rotateUnderLock(publisher.value, order, now));
}

async function rotateUnderLock(
  publisher: Publisher,
  { role, parent: parentFolder, keepOld }: RotationOrder,
  now: UnixSeconds,
): Promise<Attempt<RotatedKeys>> {
  const register = await readRegister(publisher.folder);
  if (!register.ok) return register;
  const parent = await loadParent(publisher, parentFolder);
  if (!parent.ok) return parent;
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const { roots } = trust.value;
  const folderKey = await unlockFolder(publisher.folder);
  if (!folderKey.ok) return folderKey;
  const { dev } = parent.value;
  const generation = 1 + Math.max(0, ...roots.filter((root) => root.role === role).map((root) => root.generation));
  const fresh = trustRootOf(await makeKey(publisher.folder, { role, generation, dev, folderKey: folderKey.value }));
  const retiring = roots.filter((root) => root.role === role && !root.retired && !keepOld).map(({ kid }) => kid);
  const others = roots.filter((root) => !isParent(root));
  const keys = {
    parents: roots.filter(isParent),
    others: [...others.map((root) => (retiring.includes(root.kid) ? { ...root, retired: true } : root)), fresh],
  };
  const change = { role, kid: fresh.kid, retired: retiring };
  const signed = await signManifest(publisher, parent.value, register.value, keys, change, now);
  if (!signed.ok) return signed;
  if (role === "revocation-list") {
    const listed = await resignRevocationList(publisher, signed.value.register, now);
    if (!listed.ok) return listed;
  }
  const { kid } = fresh;
  const file = publicKeyPath(publisher.folder, role, generation);
  return ok({ role, kid, generation, retired: retiring, file, seq: signed.value.seq, developmentKeys: dev });
}

// Readers that know the new key would not accept a list that only the old key signed.
async function resignRevocationList(publisher: Publisher, register: Register, now: UnixSeconds) {
  if (revokedIn(register).seq === 0) return ok(undefined);
  return signNextList(publisher, register, { licenses: [], keys: [] }, now);
}

export function trustRootOf(jwk: PublicJwk): TrustRoot {
  const root = rootOfJwk(jwk);
  if (!root.ok) throw new RangeError("a key just made is a usable one");
  return root.value;
}
