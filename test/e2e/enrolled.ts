import type { Language } from "../../src-shared/languages.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import type { Ring } from "../../src-shared/license/index.ts";
import { LICENSE_SUFFIX } from "../../src-shared/vault/index.ts";
import { expectDone, type packStick, vaultctl } from "./publisher.ts";
import { pasteLicense } from "./viewer.ts";

/** The words of the buttons on the way to an activated app. */
const LABELS = {
  en: { request: "Create an activation request", text: "Activation request", more: "More", settings: "Settings" },
  fr: { request: "Créer une demande d’activation", text: "Demande d’activation", more: "Plus", settings: "Réglages" },
};

export type Enrolled = { readonly license: string; readonly request: string; readonly pid: string };

/** Activates the app as its user does, with a license of the publisher's that enrols this computer. */
export async function activateEnrolled(
  page: Page,
  { keys, stick }: ReturnType<typeof packStick>,
  name: string,
  ring: Ring,
  language: Language = "en",
): Promise<Enrolled> {
  const labels = LABELS[language];
  await page.getByRole("button", { name: labels.request }).click();
  const request = await page.getByRole("textbox", { name: labels.text }).inputValue();
  const [requestFile, licenseFile] = [join(keys, "..", `${name}.uvvreq`), join(keys, "..", name + LICENSE_SUFFIX)];
  writeFileSync(requestFile, request);
  const terms = [
    "--for",
    "C-0001",
    "--days",
    "30",
    "--ring",
    ring,
    "--enrol",
    "--request",
    requestFile,
    "--out",
    licenseFile,
  ];
  const issued = vaultctl("license", "issue", "--keys", keys, "--stick", stick, ...terms);
  expectDone(issued);
  const license = readFileSync(licenseFile, "utf8");
  await pasteLicense(page, license);
  await page.locator("[data-screen=catalog]").waitFor();
  return { license, request, pid: String(issued.json["pid"]) };
}

export async function openSettings(page: Page, language: Language = "en"): Promise<void> {
  await page.getByRole("button", { name: LABELS[language].more }).click();
  await page.getByRole("menuitem", { name: LABELS[language].settings }).click();
  await page.locator("[data-screen=settings]").waitFor();
}
