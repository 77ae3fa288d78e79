// Wires everything that decides about licenses, in the same way for the app and for its tests.
import { join } from "node:path";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { HardwareFingerprint } from "../hardware/index.ts";
import { createLedger, type FileSteps, type Ledger } from "../ledger/index.ts";
import {
  createLicenseService,
  createLicenseStore,
  createRevocationLists,
  type LicenseService,
  type LicenseServicePorts,
  type LicenseStore,
  type SecretStore,
  wasActivated,
} from "../license/index.ts";
import type { Log } from "../log/index.ts";
import { createTrust, type Trust } from "../trust/index.ts";

/** Where the state of licensing is stored. */
export type LicensingPaths = {
  /** Folder of the imported licenses. */
  readonly licenses: string;
  /** Folder of the sealed ledger. */
  readonly ledger: string;
  readonly keyManifest: string;
  readonly revocations: string;
};

export type LicensingPorts = {
  readonly paths: LicensingPaths;
  /** The trust anchors compiled into this build. */
  readonly compiled: TrustRoots;
  readonly secrets: SecretStore;
  readonly files: FileSteps;
  readonly hardware: HardwareFingerprint;
  readonly appVersion: string;
  readonly now: () => UnixSeconds;
  readonly log: Log;
  readonly judged: LicenseServicePorts["judged"];
  /** Called after a license was imported or removed. */
  readonly licensesChanged: () => void;
};

export type Licensing = {
  readonly secrets: SecretStore;
  readonly hardware: HardwareFingerprint;
  readonly ledger: Ledger;
  readonly trust: Trust;
  readonly licenseStore: LicenseStore;
  readonly licenseService: LicenseService;
};

export function licensingPathsIn(data: string): LicensingPaths {
  return {
    licenses: join(data, "licenses"),
    ledger: join(data, "ledger"),
    keyManifest: join(data, "keys.uvvkeys"),
    revocations: join(data, "revocations.uvvrev"),
  };
}

export function createLicensing(ports: LicensingPorts): Licensing {
  const { paths, compiled, secrets, files, hardware, now, log } = ports;
  const licenseStore = createLicenseStore(paths.licenses, ports.licensesChanged);
  // The ledger asks this when no witness is left. It cannot be asked for the newest keys itself at that point.
  const hasTraces = async () => wasActivated(secrets, licenseStore, await trust.rootsWithoutLedger());
  const ledger = createLedger({ folder: paths.ledger, secrets, files, wasActivated: hasTraces, log });
  const trust = createTrust({ compiled, path: paths.keyManifest, ledger, now, log });
  const revocations = createRevocationLists(paths.revocations, trust.roots, log);
  const { appVersion, judged } = ports;
  const { roots } = trust;
  const judging = { roots, licenseStore, revocations, secrets, ledger, hardware };
  const licenseService = createLicenseService({ ...judging, now, appVersion, log, judged });
  return { secrets, hardware, ledger, trust, licenseStore, licenseService };
}
