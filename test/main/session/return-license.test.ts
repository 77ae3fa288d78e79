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
import { type Computer, newComputer, putLicense, requestDevice, startSession } from "./session-world.ts";

const NAME = { licenseId: LICENSE_ID, seq: 5 };

async function openHere(computer: Computer = newComputer(), options: Parameters<typeof startSession>[1] = {}) {
  const world = startSession(computer, options);
  await writeTestVault(world.stick, [{ title: "Harbour", bytes: new Uint8Array(1000) }]);
  await world.session.look([world.stick]);
  const device = await requestDevice(world);
  const text = await deviceLicense(device);
  expect(await world.session.importLicense(text)).toMatchObject({ ok: true });
  return { ...world, computer, device, text };
}

type World = Pick<Awaited<ReturnType<typeof openHere>>, "session">;

async function overviewOf({ session }: World) {
  const overview = await session.overview();
  if (!overview.ok) throw new Error(overview.error);
  return overview.value;
}

async function devicePublicKey({ secrets }: Pick<Computer, "secrets">) {
  const key = await ensureDeviceKey(secrets);
  if (!key.ok) throw new Error(key.error);
  return nacl.sign.keyPair.fromSeed(key.value.ed25519Seed).publicKey;
}

describe("giving a license back", () => {
  it("takes it out of use here and makes a proof that this computer signed", async () => {
    const world = await openHere();
    expect(await world.session.returnLicense(NAME)).toEqual({ ok: true, value: undefined });
    expect(world.session.screen()).toMatchObject({ stage: "locked", refusal: { code: "MISSING" } });
    const { licenses, returned } = await overviewOf(world);
    expect(licenses).toEqual([]);
    expect(returned).toMatchObject([{ ...NAME, returned: NOW }]);
    expect(parseReturnProof(returned[0]?.proof ?? "", await devicePublicKey(world))).toEqual({
      ok: true,
      value: { v: 1, lid: LICENSE_ID, seq: 5, device: world.device.id, iat: NOW },
    });
  });

  it("removes its file before there is a proof", async () => {
    const world = await openHere();
    expect(readdirSync(join(world.data, "licenses"))).toEqual([`${LICENSE_ID}.uvvlic`]);
    await world.session.returnLicense(NAME);
    expect(readdirSync(join(world.data, "licenses"))).toEqual([`${LICENSE_ID}.5.uvvret`]);
  });

  it("refuses the same file and every older one from then on, also after a restart", async () => {
    const world = await openHere();
    await world.session.returnLicense(NAME);
    const again = startSession(world.computer);
    await again.session.look([again.stick]);
    for (const text of [world.text, await deviceLicense(world.device, { seq: 4 })]) {
      expect(await again.session.importLicense(text)).toEqual({ ok: false, error: "ROLLED_BACK" });
    }
    expect((await overviewOf(again)).returned).toHaveLength(1);
  });

  it("refuses it too where it lies on the stick, and says that it was returned", async () => {
    const world = await openHere();
    putLicense(world.stick, world.text);
    await world.session.returnLicense(NAME);
    expect(world.session.screen()).toMatchObject({ stage: "locked", refusal: { code: "ROLLED_BACK" } });
    expect((await overviewOf(world)).licenses).toMatchObject([{ code: "ROLLED_BACK", standing: "returned" }]);
  });

  it.each(["the sealed file is deleted", "only the keychain knows less"])("is remembered though %s", async (what) => {
    const world = await openHere();
    const before = new Map(world.secrets.secrets);
    await world.session.returnLicense(NAME);
    if (what.startsWith("the sealed")) rmSync(join(world.data, "ledger", "ledger.json"));
    else for (const [name, secret] of before) world.secrets.secrets.set(name, secret);
    const again = startSession(world.computer);
    await again.session.look([again.stick]);
    expect(await again.session.importLicense(world.text)).toEqual({ ok: false, error: "ROLLED_BACK" });
  });

  it("lets the next license of the same number in", async () => {
    const world = await openHere();
    await world.session.returnLicense(NAME);
    const next = await deviceLicense(world.device, { seq: 6 });
    expect(await world.session.importLicense(next)).toMatchObject({ ok: true, value: { code: "OK" } });
    expect((await overviewOf(world)).returned).toHaveLength(1);
  });

  it("leaves another good license in use", async () => {
    const world = await openHere();
    await world.session.importLicense(await passphraseLicense({ lid: testId("spare") }));
    await world.session.returnLicense(NAME);
    expect(world.session.screen()).toMatchObject({ stage: "locked", passphrase: true });
    expect(await world.session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  });
});

describe("what cannot be given back", () => {
  it("is a license that a passphrase opens anywhere", async () => {
    const world = startSession(newComputer());
    await writeTestVault(world.stick, []);
    await world.session.look([world.stick]);
    await requestDevice(world);
    await world.session.importLicense(await passphraseLicense());
    expect(await world.session.returnLicense(NAME)).toEqual({ ok: false, error: "NOT_RETURNABLE" });
  });

  it("is one that is not here, of another number, or older than what was used", async () => {
    const world = await openHere();
    putLicense(world.stick, await deviceLicense(world.device, { seq: 4 }));
    for (const name of [
      { ...NAME, licenseId: testId("other") },
      { ...NAME, seq: 6 },
      { ...NAME, seq: 4 },
    ]) {
      expect(await world.session.returnLicense(name)).toEqual({ ok: false, error: "NOT_RETURNABLE" });
    }
    expect(world.session.screen()).toMatchObject({ stage: "catalog" });
  });

  it("is any license without a stick", async () => {
    expect(await startSession(newComputer()).session.returnLicense(NAME)).toEqual({ ok: false, error: "NO_VAULT" });
  });
});

describe("when something cannot be written", () => {
  it("keeps the license while the return cannot be remembered, and shows no proof of it", async () => {
    const disk = { isFull: false };
    const files: typeof nodeFileSteps = {
      ...nodeFileSteps,
      async write(file, content) {
        if (disk.isFull) throw Object.assign(new Error("full"), { code: "ENOSPC" });
        await nodeFileSteps.write(file, content);
      },
    };
    const world = await openHere(newComputer(), { files });
    disk.isFull = true;
    expect(await world.session.returnLicense(NAME)).toEqual({ ok: false, error: "STATE_NOT_WRITTEN" });
    expect(existsSync(join(world.data, "licenses", `${LICENSE_ID}.uvvlic`))).toBe(true);
    expect((await overviewOf(world)).returned).toEqual([]);
    disk.isFull = false;
    expect(await world.session.returnLicense(NAME)).toMatchObject({ ok: true });
    expect((await overviewOf(world)).returned).toHaveLength(1);
  });

  it("makes the proof later where only the proof could not be kept", async () => {
    const world = await openHere();
    const proof = join(world.data, "licenses", `${LICENSE_ID}.5.uvvret`);
    // A folder in its place: nothing can be renamed onto it.
    mkdirSync(join(proof, "in the way"), { recursive: true });
    expect(await world.session.returnLicense(NAME)).toEqual({ ok: false, error: "PROOF_NOT_WRITTEN" });
    expect(world.session.screen()).toMatchObject({ stage: "locked" });
    rmSync(proof, { recursive: true });
    expect((await overviewOf(world)).returned).toHaveLength(1);
    expect(readFileSync(proof, "utf8")).toContain("RETURN PROOF");
  });

  it("finishes after a crash that left the file and no proof", async () => {
    const world = await openHere();
    await world.session.returnLicense(NAME);
    rmSync(join(world.data, "licenses", `${LICENSE_ID}.5.uvvret`));
    writeFileSync(join(world.data, "licenses", `${LICENSE_ID}.uvvlic`), world.text);
    const again = startSession(world.computer);
    await again.session.look([again.stick]);
    await overviewOf(again);
    expect(readdirSync(join(world.data, "licenses"))).toEqual([`${LICENSE_ID}.5.uvvret`]);
  });

  it("says that the keychain is locked, and changes nothing", async () => {
    const world = await openHere();
    world.secrets.fault = "STORE_LOCKED";
    expect(await world.session.returnLicense(NAME)).toEqual({ ok: false, error: "STORE_LOCKED" });
    expect(world.session.screen()).toMatchObject({ stage: "catalog" });
  });
});
