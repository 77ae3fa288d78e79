import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLicenseOffers } from "../../../src-main/links/license-offers.ts";
import { ensureDeviceKey } from "../../../src-main/license/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { armor, type RefusalCode } from "../../../src-shared/license/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { DAY } from "../../../src-shared/units.ts";
import { LICENSE_ID, licenseToken, NOW, ROOTS, STICK_ID } from "../../fakes/issuer.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testKey } from "../../fakes/test-keys.ts";

function setUp(refusal?: RefusalCode) {
  const links = { areOn: true };
  const imported: string[] = [];
  const secrets = createMemorySecretStore();
  let changes = 0;
  const offers = createLicenseOffers({
    roots: async () => ROOTS,
    deviceKey: () => ensureDeviceKey(secrets),
    importLicense: async (text) => {
      imported.push(text);
      return refusal === undefined ? ok(null) : err(refusal);
    },
    areLinksOn: () => links.areOn,
    changed: () => void changes++,
  });
  return { offers, imported, links, changes: () => changes };
}

const linkTo = (text: string) => ({
  kind: "link" as const,
  url: `usb-video-vault://license?data=${toBase64url(utf8(text))}`,
});

describe("a license that came by a link", () => {
  it("is shown with its content, and not imported", async () => {
    const { offers, imported, changes } = setUp();
    await offers.receive(linkTo(licenseToken()));
    expect(offers.view()).toMatchObject({
      id: 1,
      refusal: null,
      facts: { licenseId: LICENSE_ID, customer: "customer-0042", expires: NOW + 30 * DAY, stickId: STICK_ID },
    });
    expect(imported).toEqual([]);
    expect(changes()).toBe(1);
  });

  it("is imported unchanged when the person agrees, and disappears", async () => {
    const { offers, imported } = setUp();
    const text = armor("LICENSE", licenseToken());
    await offers.receive(linkTo(text));
    expect(await offers.accept(1)).toEqual({ ok: true, value: null });
    expect(imported).toEqual([text]);
    expect(offers.view()).toBeNull();
  });

  it("disappears for good when the person declines", async () => {
    const { offers, imported } = setUp();
    await offers.receive(linkTo(licenseToken()));
    offers.decline(1);
    expect(offers.view()).toBeNull();
    expect(await offers.accept(1)).toEqual({ ok: false, error: "OFFER_GONE" });
    expect(imported).toEqual([]);
  });

  it("stays with the reason when the import is refused", async () => {
    const { offers } = setUp("ROLLED_BACK");
    await offers.receive(linkTo(licenseToken()));
    expect(await offers.accept(1)).toEqual({ ok: false, error: "ROLLED_BACK" });
    expect(offers.view()).toMatchObject({ id: 1 });
  });

  it("shows nothing of its content if its signature is not valid", async () => {
    const { offers, imported } = setUp();
    const forged = licenseToken({ sub: "the-director" }, testKey("issuer-1", "license-issuer", {}));
    const [header, , signature] = forged.split(".");
    const payload = licenseToken({ sub: "someone-else" }).split(".")[1];
    await offers.receive(linkTo(`${header}.${payload}.${signature}`));
    expect(offers.view()).toEqual({ id: 1, refusal: "SIGNATURE_INVALID", facts: null });
    await offers.receive(linkTo(licenseToken({}, testKey("unknown", "license-issuer"))));
    expect(offers.view()).toEqual({ id: 2, refusal: "KEY_UNKNOWN", facts: null });
    expect(await offers.accept(2)).toEqual({ ok: false, error: "OFFER_GONE" });
    expect(imported).toEqual([]);
  });

  it("is refused if the link is not in our form", async () => {
    const { offers } = setUp();
    await offers.receive({ kind: "link", url: "usb-video-vault://license?data=../../etc" });
    expect(offers.view()).toEqual({ id: 1, refusal: "MALFORMED", facts: null });
  });
});

describe("if the ring has turned links off", () => {
  it("no link is read, and the reason is shown", async () => {
    const { offers, imported, links } = setUp();
    links.areOn = false;
    await offers.receive(linkTo(licenseToken()));
    expect(offers.view()).toEqual({ id: 1, refusal: "LINKS_OFF", facts: null });
    expect(await offers.accept(1)).toEqual({ ok: false, error: "OFFER_GONE" });
    links.areOn = true;
    await offers.receive(linkTo(licenseToken()));
    expect(offers.view()).toMatchObject({ id: 2, refusal: null });
    links.areOn = false;
    expect(await offers.accept(2)).toEqual({ ok: false, error: "LINKS_OFF" });
    expect(imported).toEqual([]);
  });

  it("a file that the person opens is still shown", async () => {
    const { offers, links } = setUp();
    links.areOn = false;
    const path = join(temporaryFolder(), "mine.uvvlic");
    writeFileSync(path, licenseToken());
    await offers.receive({ kind: "file", path });
    expect(offers.view()).toMatchObject({ refusal: null });
    expect((await offers.accept(1)).ok).toBe(true);
  });
});

describe("a second license that arrives", () => {
  it("is shown, and a yes to the first imports nothing", async () => {
    const { offers, imported } = setUp();
    await offers.receive(linkTo(licenseToken()));
    await offers.receive(linkTo(licenseToken({ sub: "customer-0043" })));
    expect(offers.view()).toMatchObject({ id: 2, facts: { customer: "customer-0043" } });
    expect(await offers.accept(1)).toEqual({ ok: false, error: "OFFER_GONE" });
    offers.decline(1);
    expect(offers.view()).toMatchObject({ id: 2 });
    expect(imported).toEqual([]);
  });

  it("is shown even if reading the first one takes longer", async () => {
    const { offers } = setUp();
    const file = join(temporaryFolder(), "slow.uvvlic");
    writeFileSync(file, licenseToken({ sub: "customer-slow" }));
    const bind = { mode: "stick" as const, stick: STICK_ID };
    const slow = offers.receive({ kind: "file", path: file });
    const quick = offers.receive(linkTo(licenseToken({ sub: "customer-quick", bind })));
    await Promise.all([slow, quick]);
    expect(offers.view()).toMatchObject({ id: 2 });
  });
});

describe("a license file opened from the file manager", () => {
  it("is shown in the same way", async () => {
    const { offers, imported } = setUp();
    const path = join(temporaryFolder(), "mine.uvvlic");
    writeFileSync(path, armor("LICENSE", licenseToken()));
    await offers.receive({ kind: "file", path });
    expect(offers.view()).toMatchObject({ refusal: null, facts: { licenseId: LICENSE_ID } });
    expect(imported).toEqual([]);
  });

  it("is refused if it is too large, not text, or missing", async () => {
    const { offers } = setUp();
    const folder = temporaryFolder();
    writeFileSync(join(folder, "large.uvvlic"), "x".repeat(90_000));
    writeFileSync(join(folder, "binary.uvvlic"), Uint8Array.of(0xc3, 0x28));
    for (const name of ["large", "binary", "missing"]) {
      await offers.receive({ kind: "file", path: join(folder, `${name}.uvvlic`) });
      expect(offers.view()).toMatchObject({ refusal: "MALFORMED", facts: null });
    }
  });
});
