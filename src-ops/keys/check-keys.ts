import { TRUST_ROLES, type TrustRole } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { loadPublisher } from "./publisher.ts";
import { lockPath, readLock } from "./protection/index.ts";
import { loadParent, loadSigner } from "./signers.ts";

export type CheckedKeys = {
  readonly keys: readonly { readonly role: TrustRole; readonly kid: string }[];
  readonly developmentKeys: boolean;
  /** The private keys have a password. */
  readonly sealed: boolean;
};

/** Opens the private key of every role, as signing would; the parent key only if `parent` names its folder. */
export async function checkKeys(folder: string, parent: string | undefined): Promise<Attempt<CheckedKeys>> {
  const publisher = await loadPublisher(folder);
  if (!publisher.ok) return publisher;
  const keys: { role: TrustRole; kid: string }[] = [];
  let developmentKeys = false;
  for (const role of TRUST_ROLES) {
    if (role === "key-manifest" && parent === undefined) continue;
    const signer = await (role === "key-manifest"
      ? loadParent(publisher.value, parent)
      : loadSigner(publisher.value, role));
    if (!signer.ok) return signer;
    keys.push({ role, kid: signer.value.kid });
    developmentKeys ||= signer.value.dev;
  }
  const lock = await readLock(lockPath(folder));
  return lock.ok ? ok({ keys, developmentKeys, sealed: lock.value !== undefined }) : lock;
}
