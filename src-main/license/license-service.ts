import { setImmediate } from "node:timers/promises";
import { compareCounters, type LedgerHead, type LedgerRefusal } from "../../src-shared/ledger/index.ts";
import type { LicenseEntry } from "../../src-shared/ipc/index.ts";
import {
  compareDeviceFingerprints,
  compareStickFingerprints,
  decideLicense,
  type License,
  type LicenseVerdict,
  type Revocations,
  type RollbackCause,
  type Surroundings,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Milliseconds, UnixSeconds } from "../../src-shared/units.ts";
import type { HardwareFingerprint } from "../hardware/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Log } from "../log/index.ts";
import { type DeviceKey, readDeviceKey } from "./device-key.ts";
import type { LicenseStore } from "./license-store.ts";
import type { SecretStore, SecretStoreError } from "./ports.ts";
import type { RevocationLists } from "./revocation-lists.ts";

export type LicenseServicePorts = {
  readonly roots: () => Promise<TrustRoots>;
  readonly licenseStore: LicenseStore;
  readonly revocations: RevocationLists;
  readonly secrets: SecretStore;
  readonly ledger: Ledger;
  readonly hardware: HardwareFingerprint;
  readonly now: () => UnixSeconds;
  readonly appVersion: string;
  readonly log: Log;
  /** Called with the verdict on each text, and the time that all of them took, in milliseconds. */
  readonly judged: (
    judged: readonly {
      readonly text: string;
      readonly code: LicenseVerdict["code"];
      readonly cause?: RollbackCause;
    }[],
    tookMs: Milliseconds,
  ) => void;
};

/** A license text with the verdict on it. */
export type JudgedLicense = { readonly text: string; readonly verdict: LicenseVerdict };

/** Judges licenses for one vault, on this computer and at this time. */
export type LicenseService = {
  readonly judge: (text: string, vault: OpenVault) => Promise<LicenseVerdict>;
  /** The verdicts on these licenses, in their order. */
  readonly judgeEach: (texts: readonly string[], vault: OpenVault) => Promise<readonly LicenseVerdict[]>;
  /**
   * The verdicts on every license on the stick and on this computer. A license that was just judged keeps its verdict.
   */
  readonly judgeAll: (vault: OpenVault, judged?: JudgedLicense) => Promise<LicenseVerdict[]>;
  /**
   * The verdicts on every license on this computer, and on the stick if there is one, as if the licensed stick were
   * plugged in.
   */
  readonly judgeForAnyStick: (root: string | undefined) => Promise<LicenseVerdict[]>;
  /** Applies revocation lists (attacker-controlled): the newest counts from then on, and is stored. */
  readonly applyRevocations: (texts: readonly string[]) => Promise<Revocations>;
  /** Which parts of its hardware fingerprints match this stick and this computer. */
  readonly compareFingerprints: (license: License, vault: OpenVault) => Promise<LicenseEntry["hardware"]>;
  readonly deviceKey: () => Promise<Result<DeviceKey | null, SecretStoreError>>;
};

/** This computer: its key and its hardware fingerprint. */
type DeviceHere = Pick<Surroundings, "device" | "deviceFingerprint">;
type Device = Result<DeviceHere, LedgerRefusal>;
type VaultContext = Omit<Surroundings, keyof DeviceHere>;

const NO_DEVICE: DeviceHere = { device: undefined, deviceFingerprint: {} };

export function createLicenseService(ports: LicenseServicePorts): LicenseService {
  const { licenseStore, ledger } = ports;

  async function judgeTexts(texts: readonly string[], vault: OpenVault): Promise<LicenseVerdict[]> {
    const began = performance.now();
    const roots = await ports.roots();
    const licenses = await verifyEach(texts, roots);
    // A stick with a passphrase works without a keychain, so only a license for a computer makes the ledger read it
    // again.
    const needsDevice = licenses.some((license) => license.ok && license.value.claims.bind.mode !== "stick");
    await ledger.open({ again: needsDevice });
    const { vaultId, stickId, markKey, minSeq } = vault.manifest.claims;
    await ledger.mergeStickCopy({ root: vault.root, stickId });
    const now = ports.now();
    const here = {
      now,
      appVersion: ports.appVersion,
      vaultId,
      stickId,
      minSeq,
      manifest: vault.manifest.counter,
      manifestHash: vault.manifestHash,
      stickFingerprint: await ports.hardware.ofStick(vault.root, markKey),
      revocations: await applyRevocations(await licenseStore.revocations(vault.root)),
    };
    const device = needsDevice ? await deviceHere() : ok(NO_DEVICE);
    const verdicts = licenses.map((license): LicenseVerdict =>
      license.ok ? decideHere(license.value, ledger.head(), here, device) : { code: license.error },
    );
    const took = performance.now() - began;
    if (verdicts.some(({ code }) => code === "EXPIRED")) await noteTime(now);
    ports.judged(
      verdicts.map((verdict, index) => ({
        text: texts[index] ?? "",
        code: verdict.code,
        ...(verdict.code === "ROLLED_BACK" ? { cause: verdict.cause } : {}),
      })),
      took,
    );
    return verdicts;
  }

  /** The signature of a list is all that is required: the list counts whatever the verdicts on the licenses are. */
  async function applyRevocations(texts: readonly string[]): Promise<Revocations> {
    const now = ports.now();
    const newest = await ports.revocations.newest(texts);
    const kept = await ports.revocations.save();
    if (!kept.ok) ports.log("revocations.not-kept", { code: kept.error });
    const head = ledger.head();
    const isNew = compareCounters(newest.counter, head.revocations) > 0 || newest.issued > head.trustedTime;
    // The list is stored first, its counter second: a counter without its list would refuse every license here.
    if (kept.ok && isNew) await ledger.commit({ now, revocations: newest.counter, signedTime: newest.issued });
    return newest;
  }

  /** The soft mark of the clock: after a license has expired, setting the clock back does not make it valid again. */
  async function noteTime(now: UnixSeconds): Promise<void> {
    if ((await ledger.open()) === "ready") await ledger.commit({ now });
  }

  async function deviceHere(): Promise<Device> {
    const state = await ledger.open();
    if (state !== "ready" && state !== "fresh") return err(state);
    const key = await readDeviceKey(ports.secrets);
    if (!key.ok) return key;
    if (!key.value) return ok(NO_DEVICE);
    return ok({ device: key.value.id, deviceFingerprint: await ports.hardware.ofDevice(key.value.x25519Private) });
  }

  async function judgeForAnyStick(root: string | undefined): Promise<LicenseVerdict[]> {
    const texts = [...(await licenseStore.imported()), ...(root === undefined ? [] : await licenseStore.onStick(root))];
    const roots = await ports.roots();
    const licenses = (await verifyEach(texts, roots)).filter((license) => license.ok);
    const device = await deviceHere();
    if (!device.ok) return [];
    const revocations = await applyRevocations([]);
    const head = ledger.head();
    const common = { now: ports.now(), appVersion: ports.appVersion, minSeq: 0, revocations, ...device.value };
    return licenses.map(({ value: license }) => {
      const { bind, vaults } = license.claims;
      const seen = head.manifests.get(bind.stick);
      const stick = { stickId: bind.stick, stickFingerprint: bind.stickMarks ?? {}, vaultId: vaults[0]?.id ?? "" };
      const manifest = { manifest: seen ?? { generation: 0, sequence: 0 }, manifestHash: seen?.payloadHash ?? "" };
      return decideLicense(license, head, { ...common, ...stick, ...manifest });
    });
  }

  async function compareFingerprints(
    { claims: { bind } }: License,
    vault: OpenVault,
  ): Promise<LicenseEntry["hardware"]> {
    const stickFingerprint = await ports.hardware.ofStick(vault.root, vault.manifest.claims.markKey);
    const device = bind.mode === "stick" ? undefined : await deviceHere();
    // With another key every mark is different.
    const isKeyHere = device?.ok && bind.mode !== "stick" && device.value.device === bind.device;
    const agreement = {
      ...compareStickFingerprints(bind.stickMarks ?? {}, stickFingerprint),
      ...(isKeyHere ? compareDeviceFingerprints(bind.deviceMarks ?? {}, device.value.deviceFingerprint) : {}),
    };
    return Object.fromEntries(Object.entries(agreement).filter(([, agrees]) => agrees !== null));
  }

  return {
    compareFingerprints,
    judgeForAnyStick,
    applyRevocations,
    async judge(text, vault) {
      const [verdict] = await judgeTexts([text], vault);
      return verdict ?? { code: "MISSING" };
    },
    judgeEach: judgeTexts,
    async judgeAll(vault, judged) {
      const texts = [...(await licenseStore.onStick(vault.root)), ...(await licenseStore.imported())];
      if (!judged) return judgeTexts(texts, vault);
      const others = texts.filter((text) => text !== judged.text);
      return [judged.verdict, ...(others.length > 0 ? await judgeTexts(others, vault) : [])];
    },
    deviceKey: () => readDeviceKey(ports.secrets),
  };
}

/** One after the other, with other work in between: a stick can have dozens, and each costs some milliseconds. */
async function verifyEach(texts: readonly string[], roots: TrustRoots): Promise<ReturnType<typeof verifyLicense>[]> {
  const verified: ReturnType<typeof verifyLicense>[] = [];
  for (const text of texts) {
    if (verified.length > 0) await setImmediate();
    verified.push(verifyLicense(text, roots));
  }
  return verified;
}

/**
 * The verdict if the device may be unknown. A license that would be good on its own computer is then refused with the
 * reason why it is unknown whether this is that computer.
 */
function decideHere(license: License, head: LedgerHead, here: VaultContext, device: Device): LicenseVerdict {
  const verdict = decideLicense(license, head, { ...here, ...(device.ok ? device.value : NO_DEVICE) });
  const { bind } = license.claims;
  if (device.ok || isGood(verdict) || bind.mode === "stick") return verdict;
  const onItsComputer = decideLicense(license, head, {
    ...here,
    device: bind.device,
    deviceFingerprint: bind.deviceMarks ?? {},
  });
  return isGood(onItsComputer) ? { code: device.error, license } : onItsComputer;
}

function isGood({ code }: LicenseVerdict): boolean {
  return code === "OK" || code === "GRACE";
}
