import { describe, expect, it } from "vitest";
import { DAY } from "../../../src-shared/units.ts";
import { LICENSE_ID, licenseToken, NOW, STICK_ID, VAULT_ID } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { putLicense, requestDevice, setUp } from "./session-world.ts";

const CLEAR = new Uint8Array(1000);

async function setUpWithVault() {
  const world = setUp();
  await writeTestVault(world.stick, [{ title: "Harbour", bytes: CLEAR }]);
  await world.session.look([world.stick]);
  return world;
}

async function licensesOf({ session }: Awaited<ReturnType<typeof setUpWithVault>>) {
  const overview = await session.overview();
  if (!overview.ok) throw new Error(overview.error);
  return overview.value.licenses;
}

describe("the licenses at hand", () => {
  it("are none without a stick", async () => {
    expect(await setUp().session.overview()).toEqual({ ok: false, error: "NO_VAULT" });
  });

  it("say who, until when, which stick and which computer", async () => {
    const world = await setUpWithVault();
    const device = await requestDevice(world);
    await world.session.importLicense(await deviceLicense(device, { seq: 3, ring: "ring1" }));
    expect(await licensesOf(world)).toEqual([
      {
        code: "OK",
        standing: "in-use",
        places: ["computer"],
        marks: {},
        facts: {
          licenseId: LICENSE_ID,
          seq: 3,
          customer: "customer-0042",
          ring: "ring1",
          issued: NOW - DAY,
          starts: NOW - DAY,
          expires: NOW + 30 * DAY,
          graceEnds: NOW + 37 * DAY,
          stickId: STICK_ID,
          computer: "this",
          passphrase: false,
        },
      },
    ]);
  });

  it("name one license that lies in two places once", async () => {
    const world = await setUpWithVault();
    const text = await deviceLicense(await requestDevice(world));
    putLicense(world.stick, text);
    await world.session.importLicense(text);
    expect(await licensesOf(world)).toMatchObject([{ standing: "in-use", places: ["stick", "computer"] }]);
  });

  it("say of each why it is not the one in use", async () => {
    const world = await setUpWithVault();
    const device = await requestDevice(world);
    putLicense(world.stick, await passphraseLicense({ lid: testId("spare") }), "spare.uvvlic");
    const other = { mode: "device" as const, stick: STICK_ID, device: "A".repeat(43) };
    putLicense(world.stick, licenseToken({ lid: testId("foreign"), bind: other }), "foreign.uvvlic");
    const past = { nbf: NOW - 60 * DAY, exp: NOW - 20 * DAY, lid: testId("past") };
    putLicense(world.stick, await deviceLicense(device, past), "past.uvvlic");
    putLicense(world.stick, "scribble", "broken.uvvlic");
    await world.session.importLicense(await deviceLicense(device));
    const said = (await licensesOf(world)).map(({ code, standing, facts }) => [code, standing, facts?.computer]);
    expect(said).toEqual([
      ["OK", "in-use", "this"],
      ["OK", "spare", "none"],
      ["WRONG_DEVICE", "refused", "other"],
      ["EXPIRED", "refused", "this"],
      ["MALFORMED", "refused", undefined],
    ]);
  });

  it("wait for their passphrase on a locked stick", async () => {
    const world = await setUpWithVault();
    await world.session.importLicense(await passphraseLicense());
    expect(await licensesOf(world)).toMatchObject([{ code: "OK", standing: "waiting", facts: { passphrase: true } }]);
    await world.session.unlock(TEST_PASSPHRASE);
    expect(await licensesOf(world)).toMatchObject([{ standing: "in-use" }]);
  });

  it("leave out what is for another vault, and keep what is for another stick of this one", async () => {
    const world = await setUpWithVault();
    const kek = { passphrase: undefined, device: { enc: "A".repeat(43), ct: "A".repeat(64) } };
    putLicense(world.stick, licenseToken({ vaults: [{ id: testId("other vault"), kek }] }), "vault.uvvlic");
    const bind = { mode: "device" as const, stick: testId("other stick"), device: "A".repeat(43) };
    putLicense(world.stick, licenseToken({ bind, vaults: [{ id: VAULT_ID, kek }] }), "stick.uvvlic");
    expect((await licensesOf(world)).map(({ code }) => code)).toEqual(["WRONG_STICK"]);
  });

  it("cannot name this computer while its keychain is locked", async () => {
    const world = await setUpWithVault();
    putLicense(world.stick, await deviceLicense(await requestDevice(world)));
    world.secrets.fault = "STORE_LOCKED";
    expect(await licensesOf(world)).toMatchObject([{ facts: { computer: "unknown" } }]);
  });

  it("change nothing by being looked at", async () => {
    const world = await setUpWithVault();
    const device = await requestDevice(world);
    putLicense(world.stick, await deviceLicense(device, { seq: 9 }), "newer.uvvlic");
    const head = world.ledger.head();
    await licensesOf(world);
    expect(world.ledger.head()).toEqual(head);
    expect(world.session.screen()).toMatchObject({ stage: "locked" });
  });
});

describe("a renewal while the stick is away", () => {
  it("is kept, and the catalog stays", async () => {
    const world = await setUpWithVault();
    const device = await requestDevice(world);
    await world.session.importLicense(await deviceLicense(device));
    await world.session.look([]);
    expect(await world.session.importLicense(await deviceLicense(device, { seq: 6 }))).toMatchObject({ ok: true });
    expect(world.session.screen()).toMatchObject({ stage: "catalog", present: false });
    expect((await licensesOf(world)).map(({ facts }) => facts?.seq)).toContain(6);
  });
});
