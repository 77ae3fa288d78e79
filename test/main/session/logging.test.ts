import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manifestName } from "../../../src-shared/vault/index.ts";
import { licenseIssuer, licenseToken, STICK_ID, VAULT_ID, COMMITMENT, PASSPHRASE_KEK } from "../../fakes/issuer.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { newComputer, putKeyManifest, putLicense, setUp, startSession } from "./session-fixture.ts";

const forStick = {
  bind: { mode: "stick", stick: STICK_ID },
  vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { passphrase: PASSPHRASE_KEK } }],
} as const;
const refusals = (logged: readonly string[]) => logged.filter((line) => line.includes("refused"));

describe("the log of a session", () => {
  it("reports once that no trusted key signed a stick, however long it stays plugged in", async () => {
    const { session, stick, logged } = setUp([licenseIssuer.root]);
    await writeTestVault(stick, []);
    for (let second = 0; second < 5; second++) await session.updateCandidates([stick]);
    const manifest = readFileSync(join(stick, "VAULT", manifestName(1)));
    const artefact = createHash("sha256").update(manifest).digest("hex");
    expect(refusals(logged)).toEqual([JSON.stringify({ event: "vault.refused", code: "UNTRUSTED", artefact })]);
    await session.updateCandidates([]);
    await session.updateCandidates([stick]);
    expect(refusals(logged)).toHaveLength(2);
  });

  it("reports once that a license on the stick was altered", async () => {
    const { session, stick, logged } = setUp();
    await writeTestVault(stick, []);
    const token = licenseToken({ ...forStick, vaults: [...forStick.vaults] });
    putLicense(stick, `${token.slice(0, -4)}AAAA`);
    for (let second = 0; second < 5; second++) await session.updateCandidates([stick]);
    expect(refusals(logged)).toEqual(['{"event":"license.refused","code":"SIGNATURE_INVALID"}']);
  });

  it("reports once that a license was altered, even if more becomes known about the drive a moment later", async () => {
    const { session, stick, hardware, logged } = setUp();
    await writeTestVault(stick, []);
    const token = licenseToken({ ...forStick, vaults: [...forStick.vaults] });
    putLicense(stick, `${token.slice(0, -4)}AAAA`);
    putKeyManifest(stick, "not a key manifest");
    hardware.later = { usb: true, serial: "4C530001", volume: "1234abcd", partition: undefined, removable: true };
    await session.updateCandidates([stick]);
    hardware.releaseLater();
    for (let second = 0; second < 3; second++) await session.updateCandidates([stick]);
    const events = refusals(logged).map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(["keys.refused", "license.refused"]);
  });

  it("reports a refusal again after the refused item was replaced by another refused one", async () => {
    const { session, stick, hardware, logged } = setUp();
    await writeTestVault(stick, []);
    putLicense(stick, "just words");
    hardware.later = { usb: true, serial: "4C530001", volume: "1234abcd", partition: undefined, removable: true };
    await session.updateCandidates([stick]);
    const token = licenseToken({ ...forStick, vaults: [...forStick.vaults] });
    putLicense(stick, `${token.slice(0, -4)}AAAA`);
    hardware.releaseLater();
    for (let second = 0; second < 3; second++) await session.updateCandidates([stick]);
    expect(refusals(logged)).toEqual([
      '{"event":"license.refused","code":"MALFORMED"}',
      '{"event":"license.refused","code":"SIGNATURE_INVALID"}',
    ]);
  });

  it("reports once that a folder opened by hand was refused, though it is watched from then on", async () => {
    const { session, stick, logged } = setUp([licenseIssuer.root]);
    await writeTestVault(stick, []);
    expect(await session.openFolder(stick)).toEqual({ ok: false, error: "UNTRUSTED" });
    for (let second = 0; second < 3; second++) await session.updateCandidates([stick]);
    expect(refusals(logged)).toHaveLength(1);
    expect(session.screen()).toEqual({ stage: "no-stick", problem: "UNTRUSTED" });
    await session.openFolder(stick);
    expect(refusals(logged)).toHaveLength(2);
  });

  it("reports each refused import, and each wrong passphrase", async () => {
    const { session, stick, logged } = setUp();
    await writeTestVault(stick, []);
    putLicense(stick, await passphraseLicense());
    await session.updateCandidates([stick]);
    await session.importLicense("just words");
    await session.unlock("not it");
    expect(refusals(logged)).toEqual([
      '{"event":"license.refused","code":"MALFORMED"}',
      '{"event":"license.refused","code":"PASSPHRASE_WRONG"}',
    ]);
  });

  it("does not report an old file together with a good license as a rollback", async () => {
    const computer = newComputer();
    await writeTestVault(computer.stick, []);
    putLicense(computer.stick, await passphraseLicense({ seq: 6 }));
    const first = startSession(computer);
    await first.session.updateCandidates([computer.stick]);
    await first.session.unlock(TEST_PASSPHRASE);
    await first.session.close();
    putLicense(computer.stick, await passphraseLicense({ seq: 5 }), "old.uvvlic");
    const { session, logged } = startSession(computer);
    await session.updateCandidates([computer.stick]);
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: null, passphrase: true });
    expect(refusals(logged)).toEqual([]);
    rmSync(join(computer.stick, "VAULT", "licenses", "a.uvvlic"));
    await session.updateCandidates([]);
    await session.updateCandidates([computer.stick]);
    expect(refusals(logged)).toEqual(['{"event":"license.refused","code":"ROLLED_BACK"}']);
  });
});
