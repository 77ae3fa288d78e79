import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createHardwareFingerprint } from "../../../src-main/hardware/index.ts";
import { createLedger, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import {
  createLicenseService,
  createLicenseStore,
  createRevocationLists,
  ensureDeviceKey,
  ringOf,
} from "../../../src-main/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { NOW, ROOTS } from "../../fakes/issuer.ts";
import { createFakeHardware } from "../../fakes/fake-hardware.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { ok } from "../../../src-shared/result.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense } from "../../fakes/test-vault.ts";

/** A computer with its own key, and the ring that these licenses give it. No stick is plugged in. */
async function setUp() {
  const data = temporaryFolder();
  const secrets = createMemorySecretStore();
  const licenseStore = createLicenseStore(join(data, "licenses"));
  const log = () => undefined;
  const wasActivated = async () => ok(false);
  const ledger = createLedger({ folder: join(data, "ledger"), secrets, files: nodeFileSteps, wasActivated, log });
  await ledger.begin();
  const key = await ensureDeviceKey(secrets);
  if (!key.ok) throw new Error(key.error);
  const device = { id: key.value.id, publicKey: key.value.x25519Public };
  const roots = async () => ROOTS;
  const revocations = createRevocationLists(join(data, "revocations.uvvrev"), roots, () => undefined);
  const hardware = createHardwareFingerprint(createFakeHardware());
  const now = () => NOW;
  const licenseService = createLicenseService({
    roots,
    licenseStore,
    revocations,
    secrets,
    ledger,
    hardware,
    now,
    appVersion: "0.1.0",
    log,
    judged: () => undefined,
  });
  let kept = 0;
  const keep = (text: string) => licenseStore.save(testId(`kept ${kept++}`), text);
  return { device, secrets, keep, ring: async () => ringOf(await licenseService.judgeAnywhere(undefined)) };
}

const license = (ring: Ring, iat: number, more: object = {}) => ({
  lid: testId(`${ring} ${iat}`),
  ring,
  iat,
  ...more,
});

describe("the ring of an install", () => {
  it("is everyone else's without a license, and that of a license for this computer", async () => {
    const { device, keep, ring } = await setUp();
    expect(await ring()).toBe("ga");
    await keep(await deviceLicense(device, license("ring0", NOW - 9)));
    expect(await ring()).toBe("ring0");
  });

  it("is that of the newest one, whichever was imported last", async () => {
    for (const order of [0, 1]) {
      const { device, keep, ring } = await setUp();
      const both = [license("ring1", NOW - 5), license("ring0", NOW - 9)];
      for (const one of order === 0 ? both : both.toReversed()) await keep(await deviceLicense(device, one));
      expect(await ring()).toBe("ring1");
    }
  });

  it("is not that of a license for another computer, of a passphrase, that has run out or is forged", async () => {
    const { device, keep, ring } = await setUp();
    const other = await setUp();
    await keep(await deviceLicense(other.device, license("ring0", NOW - 1)));
    await keep(await passphraseLicense(license("ring0", NOW - 2)));
    await keep(await deviceLicense(device, license("ring0", NOW - 90 * DAY, { exp: NOW - 60 * DAY, grace: 0 })));
    const forged = await deviceLicense(device, license("ring0", NOW - 3));
    await keep(forged.slice(0, -3) + (forged.endsWith("AAA") ? "BBB" : "AAA"));
    expect(await ring()).toBe("ga");
  });

  it("is everyone else's while the keychain is locked", async () => {
    const { device, secrets, keep, ring } = await setUp();
    await keep(await deviceLicense(device, license("ring0", NOW - 9)));
    secrets.fault = "STORE_LOCKED";
    expect(await ring()).toBe("ga");
  });
});
