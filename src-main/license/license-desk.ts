import { compareCounters, type LedgerHead } from "../../src-shared/ledger/index.ts";
import {
  judgeLicense,
  type LicenseVerdict,
  NO_REVOCATIONS,
  parseRevocations,
  type Revocations,
  type Surroundings,
} from "../../src-shared/license/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import type { Result } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type DeviceKey, readDeviceKey } from "./device-key.ts";
import type { LicenseShelf } from "./license-shelf.ts";
import type { SecretStore, SecretStoreError } from "./ports.ts";

export type LicenseDeskPorts = {
  readonly roots: TrustRoots;
  readonly shelf: LicenseShelf;
  readonly secrets: SecretStore;
  readonly ledger: () => LedgerHead;
  readonly now: () => UnixSeconds;
  readonly appVersion: string;
};

/** Judges licenses for one vault, here and now. */
export type LicenseDesk = {
  readonly judge: (text: string, vault: OpenVault) => Promise<LicenseVerdict>;
  /** Every license on the stick and on this computer. */
  readonly judgeAll: (vault: OpenVault) => Promise<LicenseVerdict[]>;
  readonly deviceKey: () => Promise<Result<DeviceKey | null, SecretStoreError>>;
};

export function createLicenseDesk(ports: LicenseDeskPorts): LicenseDesk {
  const { roots, shelf } = ports;

  async function judgeTexts(texts: readonly string[], vault: OpenVault): Promise<LicenseVerdict[]> {
    const revocations = newestRevocations(await shelf.revocations(vault.root), roots, ports.ledger());
    const { vaultId, stickId, minSeq } = vault.manifest.claims;
    const here: Surroundings = {
      now: ports.now(),
      appVersion: ports.appVersion,
      vaultId,
      stickId,
      minSeq,
      manifest: vault.manifest.counter,
      device: undefined,
      revocations,
    };
    const verdicts = texts.map((text) => judgeLicense(text, roots, ports.ledger(), here));
    // Sticks with a passphrase need no keychain, so it is asked only when a license is bound to a computer.
    if (!verdicts.some(dependsOnDevice)) return verdicts;
    const key = await readDeviceKey(ports.secrets);
    if (!key.ok)
      return verdicts.map((verdict) => (verdict.code === "WRONG_DEVICE" ? { ...verdict, code: key.error } : verdict));
    const device = key.value?.id;
    return texts.map((text) => judgeLicense(text, roots, ports.ledger(), { ...here, device }));
  }

  return {
    async judge(text, vault) {
      const [verdict] = await judgeTexts([text], vault);
      return verdict ?? { code: "MISSING" };
    },
    async judgeAll(vault) {
      return judgeTexts([...(await shelf.onStick(vault.root)), ...(await shelf.imported())], vault);
    },
    deviceKey: () => readDeviceKey(ports.secrets),
  };
}

function dependsOnDevice(verdict: LicenseVerdict): boolean {
  return verdict.license !== undefined && verdict.license.claims.bind.mode !== "stick";
}

function newestRevocations(texts: readonly string[], roots: TrustRoots, head: LedgerHead): Revocations {
  let newest = NO_REVOCATIONS;
  for (const text of texts) {
    const list = parseRevocations(text, roots);
    if (!list.ok || compareCounters(list.value.counter, head.revocations) < 0) continue;
    if (compareCounters(list.value.counter, newest.counter) > 0) newest = list.value;
  }
  return newest;
}
