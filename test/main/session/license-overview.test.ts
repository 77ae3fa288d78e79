import { describe, expect, it } from "vitest";
import { DAY } from "../../../src-shared/units.ts";
import { COMMITMENT, LICENSE_ID, licenseToken, NOW, STICK_ID, VAULT_ID } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { putLicense, requestDevice, setUp } from "./session-fixture.ts";

const CLEAR = new Uint8Array(1000);

async function setUpWithVault() {
  const fixture = setUp();
  await writeTestVault(fixture.stick, [{ title: "Harbour", bytes: CLEAR }]);
  await fixture.session.updateCandidates([fixture.stick]);
  return fixture;
}

async function licensesOf({ session }: Awaited<ReturnType<typeof setUpWithVault>>) {
  const overview = await session.overview();
  if (!overview.ok) throw new Error(overview.error);
  return overview.value.licenses;
}

describe("the available licenses", () => {
  it("are none without a stick", async () => {
    expect(await setUp().session.overview()).toEqual({ ok: false, error: "NO_VAULT" });
  });

  it("show the licensee, the expiry, the stick and the computer", async () => {
    const fixture = await setUpWithVault();
    const device = await requestDevice(fixture);
    await fixture.session.importLicense(await deviceLicense(device, { seq: 3, ring: "ring1" }));
    expect(await licensesOf(fixture)).toEqual([
      {
        code: "OK",
        status: "in-use",
        locations: ["computer"],
        hardware: {},
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

  it("list a license that is stored in two places once", async () => {
    const fixture = await setUpWithVault();
    const text = await deviceLicense(await requestDevice(fixture));
    putLicense(fixture.stick, text);
    await fixture.session.importLicense(text);
    expect(await licensesOf(fixture)).toMatchObject([{ status: "in-use", locations: ["stick", "computer"] }]);
  });

  it("show why each of them is not the one in use", async () => {
    const fixture = await setUpWithVault();
    const device = await requestDevice(fixture);
    putLicense(fixture.stick, await passphraseLicense({ lid: testId("spare") }), "spare.uvvlic");
    const other = { mode: "device" as const, stick: STICK_ID, device: "A".repeat(43) };
    putLicense(fixture.stick, licenseToken({ lid: testId("foreign"), bind: other }), "foreign.uvvlic");
    const past = { nbf: NOW - 60 * DAY, exp: NOW - 20 * DAY, lid: testId("past") };
    putLicense(fixture.stick, await deviceLicense(device, past), "past.uvvlic");
    putLicense(fixture.stick, "scribble", "broken.uvvlic");
    await fixture.session.importLicense(await deviceLicense(device));
    const entries = (await licensesOf(fixture)).map(({ code, status, facts }) => [code, status, facts?.computer]);
    expect(entries).toEqual([
      ["OK", "in-use", "this"],
      ["OK", "spare", "none"],
      ["WRONG_DEVICE", "refused", "other"],
      ["EXPIRED", "refused", "this"],
      ["MALFORMED", "refused", undefined],
    ]);
  });

  it("wait for their passphrase on a locked stick", async () => {
    const fixture = await setUpWithVault();
    await fixture.session.importLicense(await passphraseLicense());
    expect(await licensesOf(fixture)).toMatchObject([{ code: "OK", status: "waiting", facts: { passphrase: true } }]);
    await fixture.session.unlock(TEST_PASSPHRASE);
    expect(await licensesOf(fixture)).toMatchObject([{ status: "in-use" }]);
  });

  it("omit licenses for another vault, and include those for another stick of this vault", async () => {
    const fixture = await setUpWithVault();
    const kek = { passphrase: undefined, device: { enc: "A".repeat(43), ct: "A".repeat(64) } };
    putLicense(
      fixture.stick,
      licenseToken({ vaults: [{ id: testId("other vault"), commitment: COMMITMENT, kek }] }),
      "vault.uvvlic",
    );
    const bind = { mode: "device" as const, stick: testId("other stick"), device: "A".repeat(43) };
    putLicense(
      fixture.stick,
      licenseToken({ bind, vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek }] }),
      "stick.uvvlic",
    );
    expect((await licensesOf(fixture)).map(({ code }) => code)).toEqual(["WRONG_STICK"]);
  });

  it("do not say whether they are for this computer while its keychain is locked", async () => {
    const fixture = await setUpWithVault();
    putLicense(fixture.stick, await deviceLicense(await requestDevice(fixture)));
    fixture.secrets.fault = "STORE_LOCKED";
    expect(await licensesOf(fixture)).toMatchObject([{ facts: { computer: "unknown" } }]);
  });

  it("are not changed by the overview", async () => {
    const fixture = await setUpWithVault();
    const device = await requestDevice(fixture);
    putLicense(fixture.stick, await deviceLicense(device, { seq: 9 }), "newer.uvvlic");
    const head = fixture.ledger.head();
    await licensesOf(fixture);
    expect(fixture.ledger.head()).toEqual(head);
    expect(fixture.session.screen()).toMatchObject({ stage: "locked" });
  });
});

describe("a renewal while the stick is absent", () => {
  it("is saved, and the catalog stays", async () => {
    const fixture = await setUpWithVault();
    const device = await requestDevice(fixture);
    await fixture.session.importLicense(await deviceLicense(device));
    await fixture.session.updateCandidates([]);
    expect(await fixture.session.importLicense(await deviceLicense(device, { seq: 6 }))).toMatchObject({ ok: true });
    expect(fixture.session.screen()).toMatchObject({ stage: "catalog", present: false });
    expect((await licensesOf(fixture)).map(({ facts }) => facts?.seq)).toContain(6);
  });
});
