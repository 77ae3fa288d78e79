import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { composeRequest, createKeytarSecretStore, ensureDeviceKey } from "../../src-main/license/index.ts";
import { createMemorySecretStore } from "../fakes/memory-secret-store.ts";
import { describeSecretStore } from "../main/license/secret-store-contract.ts";
import { launchApp, screenshotPath } from "./launch.ts";
import { expectDone, packStick, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
beforeAll(() => {
  published = packStick(folder(), ["lighthouse.mp4"]);
});

describeSecretStore("the OS keychain", () => createKeytarSecretStore(`usb-video-vault-test-${process.pid}`));

/** Locks the keyring of the tests' private desktop, as a desktop does when its person goes away. */
function lockKeyring(): void {
  const bus = ["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"];
  const collection = "array:objpath:/org/freedesktop/secrets/collection/login";
  run("dbus-send", ...bus, "org.freedesktop.Secret.Service.Lock", collection);
}

/** Types the password into the system's own question, as its person would. */
function answerKeyringPrompt(): void {
  const prompt =
    run("xdotool", "search", "--sync", "--onlyvisible", "--name", "Unlock Login Keyring").split("\n")[0] ?? "";
  run("xdotool", "windowfocus", "--sync", prompt, "type", "test");
  run("xdotool", "key", "Return");
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 40_000 });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

function issueFor(request: string, name: string): string {
  const { keys, stick } = published;
  const requestFile = join(folder(), `${name}.uvvreq`);
  const out = join(folder(), `${name}.uvvlic`);
  writeFileSync(requestFile, request);
  const terms = ["--for", "C-0007", "--days", "30", "--ring", "ring1", "--request", requestFile, "--out", out];
  expectDone(vaultctl("license", "issue", "--keys", keys, "--stick", stick, ...terms));
  return readFileSync(out, "utf8");
}

describe("activation by request, with the real keychain", () => {
  it("opens with the answer to its own request, and again by itself after a restart", async () => {
    const { stick, trust } = published;
    const userData = join(folder(), "device");
    const first = await launchApp({ userData, trust, vaults: [stick] });
    await first.page.getByRole("button", { name: "Create an activation request" }).click();
    const request = await first.page.getByRole("textbox", { name: "Activation request" }).inputValue();
    expect(request).toMatch(/^-----BEGIN USB VIDEO VAULT ACTIVATION REQUEST-----\n/);
    await first.page.screenshot({ path: screenshotPath("request-en") });
    await pasteLicense(first.page, issueFor(request, "answer"));
    await first.page.locator("[data-screen=catalog]").waitFor();
    await first.close();

    const second = await launchApp({ userData, trust, vaults: [stick] });
    await second.page.locator("[data-screen=catalog]").waitFor();
    await second.close();
  });

  it("says STORE_LOCKED while the keychain is locked, and opens once it is not", async () => {
    const { stick, trust } = published;
    const userData = join(folder(), "device");
    lockKeyring();
    const locked = await launchApp({ userData, trust, vaults: [stick] });
    await locked.page.getByText("STORE_LOCKED").waitFor();
    await locked.page.screenshot({ path: screenshotPath("store-locked-en") });
    answerKeyringPrompt();
    await locked.page.getByRole("button", { name: "Try again" }).click();
    await locked.page.locator("[data-screen=catalog]").waitFor();
    await locked.close();
  });

  it("does not take a locked keychain for one that never held the secret", async () => {
    lockKeyring();
    const store = createKeytarSecretStore(`usb-video-vault-test-${process.pid}`);
    expect(await store.read("never stored")).toEqual({ ok: false, error: "STORE_LOCKED" });
    expect(store.isWaiting()).toBe(true);
    answerKeyringPrompt();
    await expect.poll(() => store.isWaiting()).toBe(false);
    expect(await store.read("never stored")).toEqual({ ok: true, value: null });
  });

  it("says STORE_NONE where there is no keychain at all", async () => {
    const { stick, trust } = published;
    const nowhere = `unix:path=${join(folder(), "no-bus")}`;
    const { page, close } = await launchApp({
      userData: join(folder(), "device"),
      trust,
      vaults: [stick],
      env: { DBUS_SESSION_BUS_ADDRESS: nowhere },
    });
    await page.getByText("STORE_NONE").waitFor();
    await close();
  });

  it("refuses the license of another computer", async () => {
    const { stick, trust } = published;
    const { page, close } = await launchApp({ userData: join(folder(), "other"), trust, vaults: [stick] });
    await page.locator("[data-screen=locked]").waitFor();
    await pasteLicense(page, issueFor(await requestOfAnotherComputer(), "foreign"));
    await page.getByText("WRONG_DEVICE").waitFor();
    await close();
  });
});

async function requestOfAnotherComputer(): Promise<string> {
  const key = await ensureDeviceKey(createMemorySecretStore());
  if (!key.ok) throw new Error(key.error);
  const { vaultId, stickId } = vaultctl("ls", published.stick).json as { vaultId: string; stickId: string };
  return composeRequest(key.value, { vaultId, stickId, app: "0.1.0", iat: Math.floor(Date.now() / 1000) });
}
