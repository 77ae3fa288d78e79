import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import keytar from "keytar";
import { beforeAll, describe, expect, it } from "vitest";
import { createKeytarSecretStore } from "../../src-main/license/index.ts";
import { err, ok } from "../../src-shared/result.ts";
import { testId } from "../fakes/test-keys.ts";
import { SECRET, type StoredItem, ledgerFixture } from "../main/ledger/ledger-fixture.ts";
import { describeWitnesses } from "../main/ledger/witness-table.ts";
import { launchApp } from "./launch.ts";
import { expectDone, packStick, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense } from "./viewer.ts";

let services = 0;

/** A computer on the private desktop's real keyring, with a service name of its own. */
function keyringFixture() {
  const service = `usb-video-vault-ledger-${process.pid}-${++services}`;
  const keychain: StoredItem = {
    get: () => keytar.getPassword(service, SECRET),
    put: (content) => keytar.setPassword(service, SECRET, content),
    remove: async () => void (await keytar.deletePassword(service, SECRET)),
  };
  const secrets = createKeytarSecretStore(service);
  return { ...ledgerFixture(secrets, keychain), service, secrets };
}

describeWitnesses("the real keychain", keyringFixture);

describe("several processes at once, on the real keychain", () => {
  it("make one record, and do not overwrite each other's counters", async () => {
    const fixture = keyringFixture();
    const names = ["ferry", "lantern", "quay"];
    const rounds = 15;
    const program = join(import.meta.dirname, "../soak/ledger-process.ts");
    const ends = names.map((name) => {
      const options = {
        folder: join(fixture.ports.folder, ".."),
        service: fixture.service,
        tried: { [name]: 0 },
        kept: {},
        rounds,
        activates: false,
      };
      const child = spawn(process.execPath, [program, JSON.stringify(options)], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      return once(child, "exit");
    });
    for (const end of ends) expect(await end).toEqual([0, null]);
    const ledger = fixture.start();
    expect(await ledger.open()).toBe("ready");
    expect(names.map((name) => ledger.head().licenses.get(testId(name))?.sequence)).toEqual([rounds, rounds, rounds]);
    await fixture.file.remove();
    const fromKeychain = fixture.start();
    await fromKeychain.open();
    expect(names.map((name) => fromKeychain.head().licenses.get(testId(name))?.sequence)).toEqual([
      rounds,
      rounds,
      rounds,
    ]);
  });
});

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
beforeAll(() => {
  published = packStick(folder(), ["lighthouse.mp4"]);
});

function issueFor(request: string, ...terms: string[]): string {
  const { keys, stick } = published;
  const [requestFile, out] = [join(folder(), "x.uvvreq"), join(folder(), `x-${++services}.uvvlic`)];
  writeFileSync(requestFile, request);
  const who = ["--for", "C-0007", "--days", "30", "--request", requestFile, "--out", out];
  expectDone(vaultctl("license", "issue", "--keys", keys, "--stick", stick, ...who, ...terms));
  return readFileSync(out, "utf8");
}

async function requestIn(page: Awaited<ReturnType<typeof launchApp>>["page"]): Promise<string> {
  await page.getByRole("button", { name: "Create an activation request" }).click();
  return page.getByRole("textbox", { name: "Activation request" }).inputValue();
}

function logOf(userData: string): string {
  const logs = join(userData, "logs");
  return readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), "utf8"))
    .join("");
}

describe("the app", () => {
  it("reports STATE_LOST when the keychain no longer has the key of its file, logs it for collectors, and opens after a new activation", async () => {
    const { stick, trust } = published;
    const userData = join(folder(), "lost");
    const first = await launchApp({ userData, trust, vaults: [stick] });
    await pasteLicense(first.page, issueFor(await requestIn(first.page)));
    await first.page.locator("[data-screen=catalog]").waitFor();
    await first.close();
    expect(readdirSync(join(stick, "VAULT", "ledger"))).toEqual([expect.stringMatching(/^[a-z2-7]{26}\.uvvled$/)]);
    expect(logOf(userData)).not.toMatch(/error|signature invalide|anti-rollback/i);

    await keytar.deletePassword("usb-video-vault", SECRET);
    const lost = await launchApp({ userData, trust, vaults: [stick] });
    await lost.page.locator("[data-code=STATE_LOST]").waitFor();
    const line = logOf(userData)
      .split("\n")
      .filter((text) => text.includes("STATE_LOST") && text.includes("license.refused"));
    expect(line).toHaveLength(1);
    expect(line[0]).toContain("Anti-rollback");
    expect(line[0]).toContain("ERROR");
    await pasteLicense(lost.page, issueFor(await requestIn(lost.page)));
    await lost.page.locator("[data-screen=catalog]").waitFor();
    await lost.close();

    const again = await launchApp({ userData, trust, vaults: [stick] });
    await again.page.locator("[data-screen=catalog]").waitFor();
    await again.close();
  });
});

describe("a keychain that is stopped and restarted, on a session bus of its own", () => {
  it("does not cause a first run while it is locked or absent, and nothing is lost when it is back", () => {
    const home = join(folder(), "own session");
    mkdirSync(home, { mode: 0o700 });
    const script = join(import.meta.dirname, "keychain-restarts.ts");
    const env = {
      ...process.env,
      HOME: home,
      XDG_DATA_HOME: home,
      XDG_RUNTIME_DIR: home,
      XDG_CONFIG_HOME: home,
      DISPLAY: "",
    };
    const { stdout } = spawnSync("dbus-run-session", ["--", process.execPath, script, join(home, "ledger")], {
      encoding: "utf8",
      env,
      timeout: 50_000,
    });
    const steps = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(steps).toEqual([
      { step: "first run", state: "fresh", commit: ok(undefined), seq: 1 },
      { step: "locked while the app runs", commit: err("STORE_LOCKED"), seq: 2 },
      { step: "started while it is locked", state: "STORE_LOCKED", commit: err("STORE_LOCKED"), seq: 3 },
      { step: "restarted while the app runs", commit: err("STORE_NONE"), seq: 4 },
      { step: "started after that", state: "ready", commit: ok(undefined), seq: 5 },
      { step: "started without a session bus", state: "STORE_NONE", commit: err("STORE_NONE"), seq: 6 },
      { step: "started with it again", state: "ready", commit: ok(undefined), seq: 5 },
    ]);
  });
});
