import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { checkFileName } from "../file-names.ts";
import {
  loadPublisher,
  loadSigner,
  type Publisher,
  publicKeysOf,
  withLock,
  type Signer,
  loadTrust,
} from "../keys/index.ts";
import { exists, findEnclosingStick } from "../paths.ts";
import { readRegister, type Register } from "../register/index.ts";

/** Everything that issuing needs, valid while the register's lock is held. */
export type IssuingContext = {
  readonly publisher: Publisher;
  readonly signer: Signer;
  readonly roots: TrustRoots;
  readonly register: Register;
  readonly now: UnixSeconds;
};

/** The publisher with the key that signs licenses. */
export type Issuer = { readonly publisher: Publisher; readonly signer: Signer };

export async function openIssuer(keys: string): Promise<Attempt<Issuer>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const signer = await loadSigner(publisher.value, "license-issuer");
  return signer.ok ? ok({ publisher: publisher.value, signer: signer.value }) : signer;
}

/** Runs `work` under the register's lock, with the current register: one process at a time may issue licenses. */
export function withIssuingContext<T>(
  { publisher, signer }: Issuer,
  now: UnixSeconds,
  work: (context: IssuingContext) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  return withLock(publisher, "register", async () => {
    const register = await readRegister(publisher.folder);
    if (!register.ok) return register;
    const trust = await loadTrust(publicKeysOf(publisher), undefined);
    if (!trust.ok) return trust;
    return work({ publisher, signer, roots: trust.value.roots, register: register.value, now });
  });
}

/** Refuses to overwrite a file, a name that Windows cannot have, and to write a passphrase onto a stick. */
export async function checkTargets(out: string, passphraseFile: string | undefined): Promise<Attempt<undefined>> {
  if (passphraseFile !== undefined && (await findEnclosingStick(passphraseFile))) {
    return fail("ON_STICK", `${passphraseFile} is on the stick that this passphrase opens: keep them apart.`);
  }
  for (const path of [passphraseFile, out]) {
    if (path === undefined) continue;
    const named = checkFileName(path);
    if (!named.ok) return named;
    if (await exists(path)) {
      return fail("FILE_EXISTS", `${path} already exists: move it away or choose another name.`);
    }
  }
  return ok(undefined);
}
