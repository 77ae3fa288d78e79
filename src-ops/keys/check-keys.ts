import { TRUST_ROLES, type TrustRole, type TrustRoot } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { loadPublisher, publicKeysOf } from "./publisher.ts";
import { lockPath, readLock } from "./protection/index.ts";
import { loadTrust } from "./load-trust.ts";
import { loadParent, loadSigner } from "./signers.ts";

export type CheckedKeys = {
  readonly issuer: string;
  readonly keys: readonly { readonly role: TrustRole; readonly kid: string }[];
  /** Older keys, which sign nothing any more. Until they are retired, readers accept what they have signed. */
  readonly older: readonly { readonly role: string; readonly kid: string; readonly retired: boolean }[];
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
  const trust = await loadTrust(publicKeysOf(publisher.value), undefined);
  if (!trust.ok) return trust;
  const { roots } = trust.value;
  const hasSuccessor = ({ role, generation }: TrustRoot) =>
    roots.some((root) => root.role === role && !root.retired && root.generation > generation);
  const older = roots
    .filter((root) => root.retired || hasSuccessor(root))
    .map(({ role, kid, retired }) => ({ role, kid, retired }));
  const lock = await readLock(lockPath(folder));
  return lock.ok
    ? ok({ issuer: publisher.value.issuer, keys, older, developmentKeys, sealed: lock.value !== undefined })
    : lock;
}
