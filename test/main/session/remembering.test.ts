import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { ensureDeviceKey } from "../../../src-main/license/index.ts";
import type { LicenseClaims } from "../../../src-shared/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import {
  DEVICE_KEK,
  LICENSE_ID,
  licenseToken,
  NOW,
  PASSPHRASE_KEK,
  revocationToken,
  STICK_ID,
  COMMITMENT,
  VAULT_ID,
} from "../../fakes/issuer.ts";
import { deviceLicense, passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { activated, newComputer, putLicense, putRevocations, requestDevice, restart } from "./session-fixture.ts";

const full = () => Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }));
const DISK_FULL = { ...nodeFileSteps, write: full };

describe("a license for this computer", () => {
  it("opens again after a restart", async () => {
    expect((await restart(await activated())).code).toBe("catalog");
  });

  it("is refused after a newer one was used, also after a restart", async () => {
    const computer = await activated();
    const { session } = await restart(computer);
    const newer = await deviceLicense(computer.device, { seq: 6 });
    expect(await session.importLicense(newer)).toMatchObject({ ok: true });
    await session.close();
    writeFileSync(join(computer.data, "licenses", `${LICENSE_ID}.uvvlic`), await deviceLicense(computer.device));
    expect((await restart(computer)).code).toBe("ROLLED_BACK");
  });

  it("is refused after another one with the same number was used", async () => {
    const computer = await activated();
    rmSync(join(computer.data, "licenses"), { recursive: true });
    const { session } = await restart(computer);
    const twin = await deviceLicense(computer.device, { sub: "customer-0043" });
    expect(await session.importLicense(twin)).toEqual({ ok: false, error: "ROLLED_BACK" });
  });

  it("is refused while what it shows cannot be stored, and opens when it can", async () => {
    const computer = await activated();
    const { session, logged } = await restart(computer, { files: DISK_FULL });
    expect(session.screen().stage).toBe("catalog");
    const newer = await deviceLicense(computer.device, { seq: 6 });
    expect(await session.importLicense(newer)).toEqual({ ok: false, error: "STATE_NOT_WRITTEN" });
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: { code: "STATE_NOT_WRITTEN" } });
    expect(logged.filter((line) => line.includes("license.refused"))).toEqual([
      '{"event":"license.refused","code":"STATE_NOT_WRITTEN"}',
    ]);
    expect((await restart(computer)).code).toBe("catalog");
  });

  it.each(["STORE_LOCKED", "STORE_NONE"] as const)("returns %s, and opens after another attempt", async (fault) => {
    const computer = await activated();
    computer.secrets.fault = fault;
    const { session, code } = await restart(computer);
    expect(code).toBe(fault);
    computer.secrets.fault = undefined;
    await session.retry();
    expect(session.screen().stage).toBe("catalog");
  });
});

describe("the state of a computer", () => {
  it("is lost if the ledger is gone and its device key is not", async () => {
    const computer = await activated();
    computer.secrets.secrets.delete("ledger/1");
    rmSync(join(computer.data, "ledger"), { recursive: true });
    expect((await restart(computer)).code).toBe("STATE_LOST");
  });

  it("is lost if the whole keychain is gone and a license for this computer is not", async () => {
    const computer = await activated();
    computer.secrets.secrets.clear();
    rmSync(join(computer.data, "ledger"), { recursive: true });
    expect((await restart(computer)).code).toBe("STATE_LOST");
  });

  it("is not started over by a revocation list or by a license with a passphrase", async () => {
    const computer = await activated();
    computer.secrets.secrets.delete("ledger/1");
    rmSync(join(computer.data, "ledger"), { recursive: true });
    putRevocations(computer.stick, revocationToken());
    putLicense(computer.stick, await passphraseLicense({ lid: STICK_ID }));
    const { session, code } = await restart(computer);
    expect(code).toBe("PASSPHRASE");
    expect(await session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
    rmSync(join(computer.stick, "VAULT", "licenses"), { recursive: true });
    expect((await restart(computer)).code).toBe("STATE_LOST");
  });

  it("is restored only by a new activation: the old license is invalid, a new one opens", async () => {
    const computer = await activated();
    computer.secrets.secrets.delete("ledger/1");
    const { session } = await restart(computer);
    const device = await requestDevice({ session, secrets: computer.secrets });
    expect(device.id).not.toBe(computer.device.id);
    expect(await session.importLicense(await deviceLicense(computer.device))).toEqual({
      ok: false,
      error: "WRONG_DEVICE",
    });
    expect(await session.importLicense(await deviceLicense(device, { seq: 6 }))).toMatchObject({ ok: true });
    await session.close();
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("is stored before there is a device key: a crash in between loses nothing", async () => {
    const computer = newComputer();
    await writeTestVault(computer.stick, []);
    const { secrets } = computer;
    const write: typeof secrets.write = async (name, secret) =>
      name.startsWith("device-key") ? { ok: false, error: "STORE_LOCKED" } : secrets.write(name, secret);
    const { session } = await restart({ ...computer, secrets: { ...secrets, write } });
    expect(await session.request()).toEqual({ ok: false, error: "STORE_LOCKED" });
    const again = await restart(computer);
    expect(again.code).toBe("MISSING");
    expect(await again.session.request()).toMatchObject({ ok: true });
  });
});

describe("a license for this computer or for a passphrase", () => {
  const either = (device: string): Partial<LicenseClaims> => ({
    bind: { mode: "device-or-stick", stick: STICK_ID, device },
    vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { device: DEVICE_KEK, passphrase: PASSPHRASE_KEK } }],
  });

  it.each(["STORE_LOCKED", "STORE_NONE"] as const)(
    "is refused with %s below the manifest's minSeq, not as old: on its own computer it is good",
    async (fault) => {
      const computer = newComputer();
      await writeTestVault(computer.stick, [], { minSeq: 6 });
      const key = await ensureDeviceKey(computer.secrets);
      if (!key.ok) throw new Error(key.error);
      computer.secrets.fault = fault;
      putLicense(computer.stick, licenseToken(either(key.value.id)));
      expect((await restart(computer)).code).toBe(fault);
    },
  );

  it("asks for the passphrase at the manifest's minSeq while the keychain is locked", async () => {
    const computer = newComputer();
    await writeTestVault(computer.stick, [], { minSeq: 5 });
    computer.secrets.fault = "STORE_LOCKED";
    putLicense(computer.stick, licenseToken(either("A".repeat(43))));
    expect((await restart(computer)).code).toBe("PASSPHRASE");
  });

  it("is refused for its own fault on any computer, rather than because of the keychain", async () => {
    const computer = newComputer();
    await writeTestVault(computer.stick, [], { minSeq: 6 });
    computer.secrets.fault = "STORE_LOCKED";
    putLicense(computer.stick, licenseToken({ ...either("A".repeat(43)), nbf: NOW - 40 * DAY, exp: NOW - 8 * DAY }));
    expect((await restart(computer)).code).toBe("EXPIRED");
  });
});

describe("a license with a passphrase", () => {
  it.each([["no keychain", "STORE_NONE"] as const, ["a locked one", "STORE_LOCKED"] as const])(
    "works with %s; the session remembers",
    async (_name, fault) => {
      const computer = newComputer();
      computer.secrets.fault = fault;
      await writeTestVault(computer.stick, []);
      putLicense(computer.stick, await passphraseLicense({ seq: 6 }));
      const { session } = await restart(computer);
      expect(await session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
      await session.close();
      await session.updateCandidates([]);
      putLicense(computer.stick, await passphraseLicense({ seq: 5 }));
      await session.updateCandidates([computer.stick]);
      expect(session.screen()).toMatchObject({ refusal: { code: "ROLLED_BACK" } });
      // This limitation remains: the next start knows only the stick's own minSeq.
      expect((await restart(computer)).code).toBe("PASSPHRASE");
    },
  );

  it("works on a full disk", async () => {
    const computer = newComputer();
    await writeTestVault(computer.stick, []);
    putLicense(computer.stick, await passphraseLicense());
    const { session } = await restart(computer, { files: DISK_FULL });
    expect(await session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  });

  it("is remembered if there is a keychain", async () => {
    const computer = newComputer();
    await writeTestVault(computer.stick, []);
    putLicense(computer.stick, await passphraseLicense({ seq: 6 }));
    const { session } = await restart(computer);
    await session.unlock(TEST_PASSPHRASE);
    await session.close();
    putLicense(computer.stick, await passphraseLicense({ seq: 5 }));
    expect((await restart(computer)).code).toBe("ROLLED_BACK");
  });
});

describe("a stick", () => {
  it("is refused if its generation is older, or another one of the same generation", async () => {
    const computer = await activated();
    await writeTestVault(computer.stick, [], { gen: 2 });
    const { session, code } = await restart(computer);
    expect(code).toBe("catalog");
    await session.close();
    rmSync(join(computer.stick, "VAULT", "manifest.2.jws"));
    expect((await restart(computer)).code).toBe("ROLLED_BACK");
    await writeTestVault(computer.stick, [{ title: "Another", bytes: new Uint8Array(10) }], { gen: 2 });
    expect((await restart(computer)).code).toBe("ROLLED_BACK");
  });
});
