import { eraseSubkeys, type VaultSubkeys } from "../../src-shared/node/vault-keys.ts";
import { type OpenVault, readCatalog, readCatalogWith } from "../../src-shared/node/vault-reader.ts";
import { ledgerUpdateFromLicense } from "../../src-shared/license/index.ts";
import { strictest } from "../../src-shared/protection.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Catalog } from "../../src-shared/vault/index.ts";
import type { CommitError } from "../ledger/index.ts";
import {
  type Allowed,
  chooseLicense,
  type JudgedLicense,
  unlockByPassphrase,
  unlockOnDevice,
} from "../license/index.ts";
import type { SessionPorts } from "./ports.ts";
import type { OpenState, State } from "./state.ts";

/** `APP_TOO_OLD`: the license is good, but a later version of the app is needed for this catalog. */
type OpenError = "MALFORMED" | "APP_TOO_OLD" | CommitError;

/**
 * Judges every available license for a vault and goes as far as they allow: open, or locked with the reason. A license
 * that was just imported is not judged again.
 */
export async function enterVault(vault: OpenVault, ports: SessionPorts, imported?: JudgedLicense): Promise<State> {
  const { allowed, refusal } = chooseLicense(await ports.licenseService.judgeAll(vault, imported));
  const device = allowed.some(({ unlock }) => unlock === "device") ? await ports.licenseService.deviceKey() : undefined;
  for (const license of allowed) {
    if (license.unlock !== "device" || !device?.ok || !device.value) continue;
    const kek = await unlockOnDevice(license.license, vault.manifest.claims.vaultId, device.value);
    const opened = kek && (await openWith(vault, license, kek, ports));
    if (opened?.ok) return opened.value;
    if (opened && opened.error !== "MALFORMED") {
      return { stage: "locked", vault, waiting: [], refusal: { code: opened.error, license: license.license } };
    }
  }
  const waiting = allowed.filter(({ unlock }) => unlock === "passphrase");
  const [best] = allowed;
  if (best && waiting.length === 0) {
    // The verdict was good, but the key does not open this vault: the license was made for another vault.
    return { stage: "locked", vault, waiting, refusal: { code: "WRONG_DEVICE", license: best.license } };
  }
  return { stage: "locked", vault, waiting, refusal };
}

/** Tries a passphrase on the licenses that need one. */
export async function enterByPassphrase(
  vault: OpenVault,
  waiting: readonly Allowed[],
  passphrase: string,
  ports: SessionPorts,
): Promise<Result<OpenState, "PASSPHRASE_WRONG" | OpenError>> {
  for (const license of waiting) {
    const kek = await unlockByPassphrase(license.license, vault.manifest.claims.vaultId, passphrase);
    if (kek) return openWith(vault, license, kek, ports);
  }
  return err("PASSPHRASE_WRONG");
}

/** The license that has opened a vault, and a copy of the keys. */
export type Unlocked = Pick<OpenState, "license" | "keys">;

/**
 * Opens newer content of a vault that was open, with the same license: nobody types a passphrase again, because a content
 * pack has arrived. Without a good verdict on that license the vault stays as it is judged. The keys are erased if they
 * open nothing.
 */
export async function enterAgain(judged: State, unlocked: Unlocked, ports: SessionPorts): Promise<State> {
  const opened = judged.stage === "locked" ? await openAgain(judged, unlocked, ports) : undefined;
  if (!opened) eraseSubkeys(unlocked.keys);
  return opened ?? judged;
}

async function openAgain(
  { vault, waiting }: Extract<State, { stage: "locked" }>,
  { license, keys }: Unlocked,
  ports: SessionPorts,
): Promise<OpenState | undefined> {
  const same = waiting.find((one) => one.license.payloadHash === license.license.payloadHash);
  if (!same || !isSameVault(vault, same)) return undefined;
  const read = await readCatalogWith(vault, keys);
  const opened = read.ok ? await openRead(vault, same, read.value, ports) : undefined;
  return opened?.ok ? opened.value : undefined;
}

function isSameVault({ manifest }: OpenVault, { license }: Allowed): boolean {
  return license.claims.vaults.some(({ id }) => id === manifest.claims.vaultId);
}

async function openWith(
  vault: OpenVault,
  license: Allowed,
  kek: Uint8Array,
  ports: SessionPorts,
): Promise<Result<OpenState, OpenError>> {
  const read = await readCatalog(vault, kek);
  // From here on only its subkeys are needed.
  kek.fill(0);
  if (read.ok) return openRead(vault, license, read.value, ports);
  return err(read.error === "NEWER" ? "APP_TOO_OLD" : "MALFORMED");
}

async function openRead(
  vault: OpenVault,
  license: Allowed,
  { catalog, keys }: { readonly catalog: Catalog; readonly keys: VaultSubkeys },
  ports: SessionPorts,
): Promise<Result<OpenState, CommitError>> {
  const remembered = await remember(vault, license, ports);
  if (!remembered.ok) {
    eraseSubkeys(keys);
    return remembered;
  }
  return ok({
    stage: "open",
    vault,
    license,
    keys,
    protection: strictest(catalog.protection, license.license.claims.protection ?? {}),
    hidesTitles: catalog.hidesTitles,
    sections: catalog.sections,
    videos: new Map(catalog.videos.map((video) => [video.id, video])),
    history: await ports.openHistory(vault.manifest.claims.vaultId),
    viewing: await ports.openViewing(vault.manifest.claims.vaultId),
    present: true,
  });
}

/**
 * A license for this computer is refused if the ledger cannot store it. A license with a passphrase works on any
 * computer, also on one without a ledger: there the floor is the manifest's `minSeq` and what this session has seen.
 */
async function remember(
  { root, manifest, manifestHash }: OpenVault,
  { license, unlock }: Allowed,
  { ledger, now }: SessionPorts,
): Promise<Result<undefined, CommitError>> {
  const { stickId } = manifest.claims;
  const here = { now: now(), stickId, manifest: manifest.counter, manifestHash };
  const committed = await ledger.commit(ledgerUpdateFromLicense(license, here), { root, stickId });
  return unlock === "passphrase" ? ok(undefined) : committed;
}
