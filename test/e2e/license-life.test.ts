import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, describe, expect, it } from "vitest";
import { composeRequest, ensureDeviceKey } from "../../src-main/license/index.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { TrustRole } from "../../src-shared/jws/index.ts";
import type { LicenseClaims } from "../../src-shared/license/index.ts";
import { DAY, MINUTE } from "../../src-shared/units.ts";
import { ROOTS } from "../fakes/issuer.ts";
import { createMemorySecretStore } from "../fakes/memory-secret-store.ts";
import { testId, testKeyFile } from "../fakes/test-keys.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../fakes/test-vault.ts";
import { launchApp, type RunningApp, screenshotPath, startAgain } from "./launch.ts";
import { expectDone, issuePassphraseLicense, packStick, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, unlock } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
beforeAll(() => {
  published = packStick(folder(), ["lighthouse.mp4"]);
});

/** Drops a file on the window, as from the file manager. */
async function dropLicense(page: Page, text: string): Promise<void> {
  await page.evaluate((license) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([license], "renewal.uvvlic"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, text);
}

async function openLicenses(page: Page): Promise<void> {
  const isLocked = (await page.locator("[data-screen=locked]").count()) > 0;
  if (isLocked) await page.getByRole("button", { name: "Your licenses" }).click();
  else {
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "License" }).click();
  }
  await page.locator("[data-screen=license] [data-code], [data-screen=license] summary").first().waitFor();
}

async function closeLicenses(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator("[data-screen=catalog], [data-screen=locked]").waitFor();
}

/** Waits until the license in use is the one with this number. One sequence covers all licenses: a spare one uses 3. */
async function inUse(page: Page, seq: number): Promise<void> {
  await page.getByRole("region", { name: "License", exact: true }).getByText(`No. ${seq} `).waitFor();
}

const now = () => Math.floor(Date.now() / 1000);

const linkTo = (text: string) => `usb-video-vault://license?data=${toBase64url(utf8(text))}`;

describe("the life of a license for one computer", () => {
  const lives: { lid: string; first: string; second: string; third: string } = {
    lid: "",
    first: "",
    second: "",
    third: "",
  };
  const profile = () => join(folder(), "life");
  const start = () => launchApp({ userData: profile(), trust: published.trust, vaults: [published.stick] });

  function renew(name: string, days: string): string {
    const out = join(folder(), `${name}.uvvlic`);
    expectDone(vaultctl("license", "renew", lives.lid, "--keys", published.keys, "--days", days, "--out", out));
    return readFileSync(out, "utf8");
  }

  async function activate({ page }: RunningApp): Promise<void> {
    await page.getByRole("button", { name: "Create an activation request" }).click();
    const requestFile = join(folder(), "life.uvvreq");
    writeFileSync(requestFile, await page.getByRole("textbox", { name: "Activation request" }).inputValue());
    const out = join(folder(), "first.uvvlic");
    const terms = ["--for", "C-0007", "--days", "20", "--ring", "ring1", "--request", requestFile, "--out", out];
    const issued = vaultctl("license", "issue", "--keys", published.keys, "--stick", published.stick, ...terms);
    expectDone(issued);
    lives.lid = String(issued.json["lid"]);
    lives.first = readFileSync(out, "utf8");
    await pasteLicense(page, lives.first);
    await page.locator("[data-screen=catalog]").waitFor();
  }

  it("counts down, is renewed by a dropped file, and no older file is accepted again", async () => {
    const running = await start();
    const { page } = running;
    await activate(running);
    await page.getByText("The license ends in 20 days.").waitFor();
    await openLicenses(page);
    await inUse(page, 1);
    await page.screenshot({ path: screenshotPath("license-en") });
    await closeLicenses(page);

    lives.second = renew("second", "300");
    await dropLicense(page, lives.second);
    await page.getByText("License imported, valid until").waitFor();
    expect(await page.getByText("The license ends in").count()).toBe(0);
    await page.getByRole("gridcell").first().waitFor();

    await dropLicense(page, lives.first);
    await page.locator("[data-screen=catalog] [data-code=ROLLED_BACK]").waitFor();
    await page.getByRole("gridcell").first().waitFor();
    await openLicenses(page);
    await inUse(page, 2);
    await running.close();

    const again = await start();
    await again.page.locator("[data-screen=catalog]").waitFor();
    await again.close();
  });

  it("shows several licenses, which one is used and why the others are not", async () => {
    const licenses = join(published.stick, "VAULT", "licenses");
    mkdirSync(licenses, { recursive: true });
    writeFileSync(join(licenses, "spare.uvvlic"), issuePassphraseLicense(published, "spare").text);
    writeFileSync(join(licenses, "old.uvvlic"), lives.first);
    const { page, close } = await start();
    await page.locator("[data-screen=catalog]").waitFor();
    await openLicenses(page);
    const others = page.locator("[data-standing]");
    await others.first().waitFor();
    expect(
      await others.evaluateAll((found) =>
        found.map((one) => [one.getAttribute("data-standing"), one.getAttribute("data-code")]),
      ),
    ).toEqual([
      ["spare", "OK"],
      ["refused", "ROLLED_BACK"],
    ]);
    await page.screenshot({ path: screenshotPath("licenses-en") });
    await close();
  });

  it("is offered for import when it arrives by a link: declining changes nothing, accepting uses it", async () => {
    lives.third = renew("third", "310");
    const { page, close } = await start();
    await page.locator("[data-screen=catalog]").waitFor();
    const dialog = page.getByRole("dialog");

    await startAgain(profile(), linkTo(lives.third));
    await dialog.getByText("C-0007").waitFor();
    await page.screenshot({ path: screenshotPath("offer-en") });
    await page.getByRole("button", { name: "Not now" }).click();
    await dialog.waitFor({ state: "detached" });
    await openLicenses(page);
    await inUse(page, 2);
    await closeLicenses(page);

    await startAgain(profile(), linkTo(lives.third));
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await openLicenses(page);
    await inUse(page, 4);
    await closeLicenses(page);

    // Older or altered licenses and invalid text are not accepted in this way either.
    await startAgain(profile(), join(folder(), "second.uvvlic"));
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.locator("[data-code=ROLLED_BACK]").waitFor();
    await page.keyboard.press("Escape");
    const [header, payload, signature] = lives.third.split("-----")[2]!.replaceAll(/\s/g, "").split(".");
    await startAgain(profile(), linkTo(`${header}.${payload}.${signature!.slice(0, -8)}AAAAAAAA`));
    await dialog.locator("[data-code=SIGNATURE_INVALID]").waitFor();
    await page.keyboard.press("Escape");
    await startAgain(profile(), `${linkTo(lives.third)}&trust=/tmp`);
    await dialog.locator("[data-code=MALFORMED]").waitFor();
    await close();
  });

  it("copies diagnostics that contain no secret", async () => {
    const { app, page, close } = await start();
    await page.locator("[data-screen=catalog]").waitFor();
    await openLicenses(page);
    await page.getByRole("button", { name: "Copy diagnostics" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    const text = await app.evaluate(({ clipboard }) => clipboard.readText());
    expect(text).toContain("screen: catalog OK");
    expect(text).toContain(`license: OK in-use on computer, ${lives.lid} seq 4 ring ring1`);
    expect(text).toMatch(/ledger: ready, write \d+; keychain ok, file ok, stick ok/);
    expect(text).toMatch(/log, last [1-9]\d* lines:\n\{"at":/);
    const { passphrase } = issuePassphraseLicense(published, "another");
    for (const secret of [passphrase, homedir(), folder(), "/tmp", "lighthouse", "Le port", "C-0007"]) {
      expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    }
    const words = text.toLowerCase().split(/[^a-z0-9-]+/);
    for (const name of [hostname(), userInfo().username]) expect(words).not.toContain(name.toLowerCase());
    expect(text).not.toMatch(/[/\\@]|-----/);
    await close();
  });

  it("is returned: it stops working, no copy of it is accepted again, and its proof allows a license elsewhere", async () => {
    const { page, close } = await start();
    await page.locator("[data-screen=catalog]").waitFor();
    await openLicenses(page);
    await page.getByRole("button", { name: "Return this license…" }).click();
    await page.getByRole("button", { name: "Return it" }).click();
    const field = page.getByRole("textbox", { name: "Proof of return" });
    await field.waitFor();
    const proof = await field.inputValue();
    await page.screenshot({ path: screenshotPath("license-returned-en") });
    expect(readdirSync(join(profile(), "licenses"))).toEqual([`${lives.lid}.4.uvvret`]);
    await closeLicenses(page);
    await page.locator("[data-screen=locked]").waitFor();
    await dropLicense(page, lives.third);
    await page.locator("[data-code=ROLLED_BACK]").waitFor();
    await close();

    const again = await start();
    await again.page.locator("[data-screen=locked]").waitFor();
    await dropLicense(again.page, lives.third);
    await again.page.locator("[data-code=ROLLED_BACK]").waitFor();
    await openLicenses(again.page);
    await again.page.getByText("Returned on").click();
    expect(await again.page.getByRole("textbox", { name: "Proof of return" }).inputValue()).toBe(proof);
    await again.close();
    await transferWith(proof);
  });

  /** The publisher's own tool reads the proof, and makes the license of a new computer. */
  async function transferWith(proof: string): Promise<void> {
    const key = await ensureDeviceKey(createMemorySecretStore());
    if (!key.ok) throw new Error(key.error);
    const { vaultId, stickId } = vaultctl("ls", published.stick).json as { vaultId: string; stickId: string };
    const [proofFile, requestFile] = [join(folder(), "life.uvvret"), join(folder(), "new.uvvreq")];
    writeFileSync(proofFile, proof);
    writeFileSync(requestFile, composeRequest(key.value, { vaultId, stickId, app: "0.1.0", iat: now() }));
    const terms = ["--request", requestFile, "--return", proofFile, "--out", join(folder(), "moved.uvvlic")];
    expectDone(vaultctl("license", "transfer", lives.lid, "--keys", published.keys, ...terms));
  }
});

describe("near its end and after it", () => {
  // A stick and licenses of the tests' own publisher: vaultctl makes none that has already expired.
  const [stick, trust] = [() => join(folder(), "ending"), () => join(folder(), "ending-trust")];
  beforeAll(async () => {
    mkdirSync(trust());
    for (const root of ROOTS) {
      const file = testKeyFile({ ...root, role: root.role as TrustRole });
      writeFileSync(join(trust(), `${root.kid}.jwk.json`), JSON.stringify(file));
    }
    await writeTestVault(stick(), [{ title: "Harbour", bytes: new Uint8Array(1000) }]);
  });

  async function startWith(name: string, dates: Partial<LicenseClaims>) {
    const running = await launchApp({ userData: join(folder(), name), trust: trust(), vaults: [stick()] });
    await running.page.locator("[data-screen=locked]").waitFor();
    await pasteLicense(running.page, await passphraseLicense({ lid: testId(name), ...dates }));
    return running;
  }

  it("reports that one day is left, once for this window", async () => {
    const dates = { iat: now() - 30 * DAY, nbf: now() - 30 * DAY, exp: now() + DAY - MINUTE };
    const { page, close } = await startWith("last-day", dates);
    await unlock(page, TEST_PASSPHRASE);
    await page.getByText("The license ends in 1 day.").waitFor();
    await page.screenshot({ path: screenshotPath("countdown-en") });
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "License" }).click();
    await page.getByText("1 day left").waitFor();
    await closeLicenses(page);
    expect(await page.getByText("The license ends in").count()).toBe(0);
    await close();
  });

  it("plays in the grace period and shows how long it lasts", async () => {
    const dates = { iat: now() - 30 * DAY, nbf: now() - 30 * DAY, exp: now() - DAY, grace: 4 * DAY };
    const { page, close } = await startWith("grace", dates);
    await unlock(page, TEST_PASSPHRASE);
    await page.getByText("License expired: 3 days left.").waitFor();
    await openLicenses(page);
    await page.locator("[data-code=GRACE]").waitFor();
    await page.getByText("3 days left to renew it").waitFor();
    await close();
  });

  it("is EXPIRED when the grace period is over", async () => {
    const dates = { iat: now() - 30 * DAY, nbf: now() - 30 * DAY, exp: now() - 2 * DAY, grace: DAY };
    const { page, close } = await startWith("expired", dates);
    await page.locator("[data-code=EXPIRED]").waitFor();
    await close();
  });
});
