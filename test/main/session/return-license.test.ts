import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";
import { nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { ensureDeviceKey } from "../../../src-main/license/index.ts";
import { parseReturnProof } from "../../../src-shared/license/index.ts";
import { LICENSE_ID, NOW } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { type Computer, newComputer, putLicense, requestDevice, startSession } from "./session-fixture.ts";

const NAME = { licenseId: LICENSE_ID, seq: 5 };

async function openHere(computer: Computer = newComputer(), options: Parameters<typeof startSession>[1] = {}) {
  const fixture = startSession(computer, options);
  await writeTestVault(fixture.stick, [{ title: "Harbour", bytes: new Uint8Array(1000) }]);
  await fixture.session.updateCandidates([fixture.stick]);
  const device = await requestDevice(fixture);
  const text = await deviceLicense(device);
  expect(await fixture.session.importLicense(text)).toMatchObject({ ok: true });
  return { ...fixture, computer, device, text };
}

type Fixture = Pick<Awaited<ReturnType<typeof openHere>>, "session">;

async function overviewOf({ session }: Fixture) {
  const overview = await session.overview();
  if (!overview.ok) throw new Error(overview.error);
  return overview.value;
}

async function devicePublicKey({ secrets }: Pick<Computer, "secrets">) {
  const key = await ensureDeviceKey(secrets);
  if (!key.ok) throw new Error(key.error);
  return nacl.sign.keyPair.fromSeed(key.value.ed25519Seed).publicKey;
}

describe("returning a license", () => {
  it("takes it out of use here and makes a proof that this computer has signed", async () => {
    const fixture = await openHere();
    expect(await fixture.session.returnLicense(NAME)).toEqual({ ok: true, value: undefined });
    expect(fixture.session.screen()).toMatchObject({ stage: "locked", refusal: { code: "MISSING" } });
    const { licenses, returned } = await overviewOf(fixture);
    expect(licenses).toEqual([]);
    expect(returned).toMatchObject([{ ...NAME, returned: NOW }]);
    expect(parseReturnProof(returned[0]?.proof ?? "", await devicePublicKey(fixture))).toEqual({
      ok: true,
      value: { v: 1, lid: LICENSE_ID, seq: 5, device: fixture.device.id, iat: NOW },
    });
  });

  it("removes its file before there is a proof", async () => {
    const fixture = await openHere();
    expect(readdirSync(join(fixture.data, "licenses"))).toEqual([`${LICENSE_ID}.uvvlic`]);
    await fixture.session.returnLicense(NAME);
    expect(readdirSync(join(fixture.data, "licenses"))).toEqual([`${LICENSE_ID}.5.uvvret`]);
  });

  it("makes the same file and every older one refused from then on, also after a restart", async () => {
    const fixture = await openHere();
    await fixture.session.returnLicense(NAME);
    const again = startSession(fixture.computer);
    await again.session.updateCandidates([again.stick]);
    for (const text of [fixture.text, await deviceLicense(fixture.device, { seq: 4 })]) {
      expect(await again.session.importLicense(text)).toEqual({ ok: false, error: "ROLLED_BACK" });
    }
    expect((await overviewOf(again)).returned).toHaveLength(1);
  });

  it("makes it refused on the stick too, and reports that it was returned", async () => {
    const fixture = await openHere();
    putLicense(fixture.stick, fixture.text);
    await fixture.session.returnLicense(NAME);
    expect(fixture.session.screen()).toMatchObject({ stage: "locked", refusal: { code: "ROLLED_BACK" } });
    expect((await overviewOf(fixture)).licenses).toMatchObject([{ code: "ROLLED_BACK", status: "returned" }]);
  });

  it.each(["the sealed file is deleted", "only the keychain knows less"])("is remembered even if %s", async (what) => {
    const fixture = await openHere();
    const before = new Map(fixture.secrets.secrets);
    await fixture.session.returnLicense(NAME);
    if (what.startsWith("the sealed")) rmSync(join(fixture.data, "ledger", "ledger.json"));
    else for (const [name, secret] of before) fixture.secrets.secrets.set(name, secret);
    const again = startSession(fixture.computer);
    await again.session.updateCandidates([again.stick]);
    expect(await again.session.importLicense(fixture.text)).toEqual({ ok: false, error: "ROLLED_BACK" });
  });

  it("allows the next license with the same id", async () => {
    const fixture = await openHere();
    await fixture.session.returnLicense(NAME);
    const next = await deviceLicense(fixture.device, { seq: 6 });
    expect(await fixture.session.importLicense(next)).toMatchObject({ ok: true, value: { code: "OK" } });
    expect((await overviewOf(fixture)).returned).toHaveLength(1);
  });

  it("keeps another good license in use", async () => {
    const fixture = await openHere();
    await fixture.session.importLicense(await passphraseLicense({ lid: testId("spare") }));
    await fixture.session.returnLicense(NAME);
    expect(fixture.session.screen()).toMatchObject({ stage: "locked", passphrase: true });
    expect(await fixture.session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  });
});

describe("a license cannot be returned", () => {
  it("if a passphrase opens it anywhere", async () => {
    const fixture = startSession(newComputer());
    await writeTestVault(fixture.stick, []);
    await fixture.session.updateCandidates([fixture.stick]);
    await requestDevice(fixture);
    await fixture.session.importLicense(await passphraseLicense());
    expect(await fixture.session.returnLicense(NAME)).toEqual({ ok: false, error: "NOT_RETURNABLE" });
  });

  it("if it is not here, has another number, or is older than the one that was used", async () => {
    const fixture = await openHere();
    putLicense(fixture.stick, await deviceLicense(fixture.device, { seq: 4 }));
    for (const name of [
      { ...NAME, licenseId: testId("other") },
      { ...NAME, seq: 6 },
      { ...NAME, seq: 4 },
    ]) {
      expect(await fixture.session.returnLicense(name)).toEqual({ ok: false, error: "NOT_RETURNABLE" });
    }
    expect(fixture.session.screen()).toMatchObject({ stage: "catalog" });
  });

  it("without a stick", async () => {
    expect(await startSession(newComputer()).session.returnLicense(NAME)).toEqual({ ok: false, error: "NO_VAULT" });
  });
});

describe("if something cannot be written, returning a license", () => {
  it("keeps the license while the return cannot be stored, and shows no proof of it", async () => {
    const disk = { isFull: false };
    const files: typeof nodeFileSteps = {
      ...nodeFileSteps,
      async write(file, content) {
        if (disk.isFull) throw Object.assign(new Error("full"), { code: "ENOSPC" });
        await nodeFileSteps.write(file, content);
      },
    };
    const fixture = await openHere(newComputer(), { files });
    disk.isFull = true;
    expect(await fixture.session.returnLicense(NAME)).toEqual({ ok: false, error: "STATE_NOT_WRITTEN" });
    expect(existsSync(join(fixture.data, "licenses", `${LICENSE_ID}.uvvlic`))).toBe(true);
    expect((await overviewOf(fixture)).returned).toEqual([]);
    disk.isFull = false;
    expect(await fixture.session.returnLicense(NAME)).toMatchObject({ ok: true });
    expect((await overviewOf(fixture)).returned).toHaveLength(1);
  });

  it("makes the proof later if only the proof could not be saved", async () => {
    const fixture = await openHere();
    const proof = join(fixture.data, "licenses", `${LICENSE_ID}.5.uvvret`);
    // A folder in its place: no file can be renamed onto it.
    mkdirSync(join(proof, "in the way"), { recursive: true });
    expect(await fixture.session.returnLicense(NAME)).toEqual({ ok: false, error: "PROOF_NOT_WRITTEN" });
    expect(fixture.session.screen()).toMatchObject({ stage: "locked" });
    rmSync(proof, { recursive: true });
    expect((await overviewOf(fixture)).returned).toHaveLength(1);
    expect(readFileSync(proof, "utf8")).toContain("RETURN PROOF");
  });

  it("is completed after a crash that left the file and no proof", async () => {
    const fixture = await openHere();
    await fixture.session.returnLicense(NAME);
    rmSync(join(fixture.data, "licenses", `${LICENSE_ID}.5.uvvret`));
    writeFileSync(join(fixture.data, "licenses", `${LICENSE_ID}.uvvlic`), fixture.text);
    const again = startSession(fixture.computer);
    await again.session.updateCandidates([again.stick]);
    await overviewOf(again);
    expect(readdirSync(join(fixture.data, "licenses"))).toEqual([`${LICENSE_ID}.5.uvvret`]);
  });

  it("reports that the keychain is locked, and changes nothing", async () => {
    const fixture = await openHere();
    fixture.secrets.fault = "STORE_LOCKED";
    expect(await fixture.session.returnLicense(NAME)).toEqual({ ok: false, error: "STORE_LOCKED" });
    expect(fixture.session.screen()).toMatchObject({ stage: "catalog" });
  });
});
