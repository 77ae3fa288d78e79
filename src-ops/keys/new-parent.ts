import { jwkOfRoot } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadParent } from "./signers.ts";
import { loadPublisher, type Publisher, publicKeysOf } from "./publisher.ts";
import { makeKey, writePublicKey } from "./make-key.ts";
import { privateKeyPath, publicKeyPath } from "./key-folder.ts";
import { withLock } from "./lock.ts";
import { unlockFolder } from "./protection/index.ts";
import { exists } from "../paths.ts";
import { readRegister } from "../register/index.ts";
import { loadTrust } from "./load-trust.ts";
import { trustRootOf, type RotatedKeys } from "./rotate-key.ts";
import { isParent, signManifest } from "./sign-manifest.ts";

const ROLE = "key-manifest";

/** Creates a new parent key when the old one is lost, stolen or was never there. No manifest can announce it to readers:
 * only apps that are built with the new public keys trust it.
 */
export async function newParent(keys: string, now: UnixSeconds): Promise<Attempt<RotatedKeys>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  return withLock(publisher.value, "register", () => replaceUnderLock(publisher.value, now));
}

async function replaceUnderLock(publisher: Publisher, now: UnixSeconds): Promise<Attempt<RotatedKeys>> {
  const { folder } = publisher;
  const register = await readRegister(folder);
  if (!register.ok) return register;
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const { roots, dev } = trust.value;
  const old = roots.filter(isParent);
  const generation = 1 + Math.max(0, ...old.map((root) => root.generation));
  if (await exists(privateKeyPath(folder, ROLE, generation))) {
    return fail(
      "KEYS_EXIST",
      `${privateKeyPath(folder, ROLE, generation)} is left from an unfinished run: delete it first.`,
    );
  }
  const folderKey = await unlockFolder(folder);
  if (!folderKey.ok) return folderKey;
  const jwk = await makeKey(folder, { role: ROLE, generation, dev, folderKey: folderKey.value });
  // Both parents are valid until the new one has signed, so an interrupted run leaves a consistent set of keys.
  await writePublicKey(folder, jwk);
  const parent = await loadParent(publisher, undefined);
  if (!parent.ok) return parent;
  const retired = old.filter((root) => !root.retired).map(({ kid }) => kid);
  const fresh = trustRootOf(jwk);
  const all = { parents: [fresh, ...old], others: roots.filter((root) => !isParent(root)) };
  const change = { role: ROLE, kid: fresh.kid, retired };
  const signed = await signManifest(publisher, parent.value, register.value, all, change, now);
  if (!signed.ok) return signed;
  for (const root of old) await writePublicKey(folder, jwkOfRoot({ ...root, retired: true }));
  const file = publicKeyPath(folder, ROLE, generation);
  return ok({ role: ROLE, kid: fresh.kid, generation, retired, file, seq: signed.value.seq, developmentKeys: dev });
}
