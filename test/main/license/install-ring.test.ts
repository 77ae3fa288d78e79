import { describe, expect, it } from "vitest";
import { createLicensing, licensingPathsIn } from "../../../src-main/app/licensing.ts";
import { createHardwareFingerprint } from "../../../src-main/hardware/index.ts";
import { nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { ensureDeviceKey, ringOf } from "../../../src-main/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { NOW, ROOTS } from "../../fakes/issuer.ts";
import { createFakeHardware } from "../../fakes/fake-hardware.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense } from "../../fakes/test-vault.ts";

/** A computer with its own key, and the ring that these licenses give it. No stick is plugged in. */
async function setUp() {
  const secrets = createMemorySecretStore();
  const { ledger, licenseStore, licenseService } = createLicensing({
    paths: licensingPathsIn(temporaryFolder()),
    compiled: ROOTS,
    secrets,
    files: nodeFileSteps,
    hardware: createHardwareFingerprint(createFakeHardware()),
    appVersion: "0.1.0",
    now: () => NOW,
    log: () => undefined,
    judged: () => undefined,
    licensesChanged: () => undefined,
  });
  await ledger.begin();
  const key = await ensureDeviceKey(secrets);
  if (!key.ok) throw new Error(key.error);
  const device = { id: key.value.id, publicKey: key.value.x25519Public };
  let saved = 0;
  const save = (text: string) => licenseStore.save(testId(`saved ${saved++}`), text);
  return { device, secrets, save, ring: async () => ringOf(await licenseService.judgeForAnyStick(undefined)) };
}

const license = (ring: Ring, iat: number, more: object = {}) => ({
  lid: testId(`${ring} ${iat}`),
  ring,
  iat,
  ...more,
});

describe("the ring of an installation", () => {
  it("is that for everyone else without a license, and that of a license for this computer", async () => {
    const { device, save, ring } = await setUp();
    expect(await ring()).toBe("ga");
    await save(await deviceLicense(device, license("ring0", NOW - 9)));
    expect(await ring()).toBe("ring0");
  });

  it("is that of the newest license, in whatever order they were imported", async () => {
    for (const order of [0, 1]) {
      const { device, save, ring } = await setUp();
      const both = [license("ring1", NOW - 5), license("ring0", NOW - 9)];
      for (const one of order === 0 ? both : both.toReversed()) await save(await deviceLicense(device, one));
      expect(await ring()).toBe("ring1");
    }
  });

  it("is not taken from a license that is for another computer, for a passphrase, expired or forged", async () => {
    const { device, save, ring } = await setUp();
    const other = await setUp();
    await save(await deviceLicense(other.device, license("ring0", NOW - 1)));
    await save(await passphraseLicense(license("ring0", NOW - 2)));
    await save(await deviceLicense(device, license("ring0", NOW - 90 * DAY, { exp: NOW - 60 * DAY, grace: 0 })));
    const forged = await deviceLicense(device, license("ring0", NOW - 3));
    await save(forged.slice(0, -3) + (forged.endsWith("AAA") ? "BBB" : "AAA"));
    expect(await ring()).toBe("ga");
  });

  it("is that for everyone else while the keychain is locked", async () => {
    const { device, secrets, save, ring } = await setUp();
    await save(await deviceLicense(device, license("ring0", NOW - 9)));
    secrets.fault = "STORE_LOCKED";
    expect(await ring()).toBe("ga");
  });
});
