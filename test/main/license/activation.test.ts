import { join } from "node:path";
import { expect, it } from "vitest";
import { createLicenseStore, ensureDeviceKey, wasActivated } from "../../../src-main/license/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import {
  COMMITMENT,
  DEVICE,
  DEVICE_KEK,
  licenseToken,
  PASSPHRASE_KEK,
  ROOTS,
  STICK_ID,
  VAULT_ID,
} from "../../fakes/issuer.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

function newComputer() {
  const secrets = createMemorySecretStore();
  const licenseStore = createLicenseStore(join(temporaryFolder(), "licenses"));
  return { secrets, licenseStore, check: () => wasActivated(secrets, licenseStore, ROOTS) };
}

it("does not report a new computer as activated", async () => {
  expect(await newComputer().check()).toEqual(ok(false));
});

it("reports a computer with a device key as activated", async () => {
  const { secrets, check } = newComputer();
  await ensureDeviceKey(secrets);
  expect(await check()).toEqual(ok(true));
});

it("reports a computer as activated if only an imported license for one computer is left", async () => {
  const { licenseStore, check } = newComputer();
  await licenseStore.save(testId("a"), licenseToken());
  expect(await check()).toEqual(ok(true));
});

it.each([
  ["a license with a passphrase", { mode: "stick", stick: STICK_ID }, { passphrase: PASSPHRASE_KEK }],
  [
    "one that a passphrase may have opened",
    { mode: "device-or-stick", stick: STICK_ID, device: DEVICE },
    { device: DEVICE_KEK, passphrase: PASSPHRASE_KEK },
  ],
] as const)("does not count %s: it needs no ledger", async (_name, bind, kek) => {
  const { licenseStore, check } = newComputer();
  await licenseStore.save(testId("a"), licenseToken({ bind, vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek }] }));
  expect(await check()).toEqual(ok(false));
});

it("does not count what nobody signed", async () => {
  const { licenseStore, check } = newComputer();
  await licenseStore.save(testId("a"), `${licenseToken().slice(0, -4)}AAAA`);
  expect(await check()).toEqual(ok(false));
});

it("is unknown while the keychain is locked", async () => {
  const { secrets, check } = newComputer();
  secrets.fault = "STORE_LOCKED";
  expect(await check()).toEqual(err("STORE_LOCKED"));
});
