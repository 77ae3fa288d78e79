import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gatherDiagnostics, readLogTail } from "../../../src-main/diagnostics/index.ts";
import { createUnexpectedErrors } from "../../../src-main/errors/index.ts";
import { inspectLedger, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { ensureDeviceKey } from "../../../src-main/license/index.ts";
import { openLog } from "../../../src-main/log/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import { stickFingerprintOf } from "../../../src-shared/node/hardware-fingerprint.ts";
import { DAY } from "../../../src-shared/units.ts";
import { MARK_KEY, LICENSE_ID, NOW, STICK_ID, VAULT_ID } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense, TEST_KEK, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { putLicense, requestDevice, setUp } from "../session/session-fixture.ts";

const DRIVE = { usb: true, serial: "4C530001", volume: "1234abcd", partition: undefined, removable: true };
const TITLE = "The winter storms of the northern coast";

/** A computer with its log in a folder, and a vault that is open with a license for this computer. */
async function openFixture() {
  const fixture = setUp();
  const logFolder = join(fixture.data, "logs");
  const log = openLog(logFolder, () => new Date(NOW * 1000));
  await writeTestVault(fixture.stick, [{ title: TITLE, bytes: new Uint8Array(1000) }]);
  fixture.hardware.stick = DRIVE;
  const old = { lid: testId("old"), nbf: NOW - 60 * DAY, exp: NOW - 20 * DAY };
  putLicense(fixture.stick, await passphraseLicense(old), "old.uvvlic");
  await fixture.session.updateCandidates([fixture.stick]);
  const device = await requestDevice(fixture);
  const stickMarks = stickFingerprintOf(MARK_KEY, { ...DRIVE, volume: "99999999" });
  const bind = { mode: "device", stick: STICK_ID, device: device.id, stickMarks } as const;
  await fixture.session.importLicense(await deviceLicense(device, { ring: "ring1", bind }));
  await fixture.ledger.idle();
  const snapshot = (): Snapshot => ({
    screen: fixture.session.screen(),
    sticks: [],
    recent: [],
    settings: {
      language: "fr",
      appearance: "dark",
      volume: 1,
      muted: false,
      soundLanguage: "",
      autoplay: true,
      subtitleSize: "normal",
      subtitleBackground: "dark",
    },
    offer: null,
    pack: null,
    updates: null,
    telemetry: { consent: "unasked", invitation: null, erasure: "none", survey: null },
    now: NOW,
    language: "fr",
    version: "0.1.0",
    unexpected: 0,
    support: "support@publisher.example",
  });
  const errors = createUnexpectedErrors({ log, now: () => NOW, monotonic: () => 0 });
  const gather = () =>
    gatherDiagnostics({
      logFolder,
      flushLog: log.flush,
      electron: "45.3.4",
      system: { name: "linux", version: "6.1.0", architecture: "x64" },
      snapshot,
      errors,
      session: fixture.session,
      deviceKey: () => ensureDeviceKey(fixture.secrets),
      inspectLedger: (stick) =>
        inspectLedger({ folder: join(fixture.data, "ledger"), secrets: fixture.secrets, files: nodeFileSteps }, stick),
    });
  return { ...fixture, log, logFolder, gather, errors };
}

function openSecretly(message: string): never {
  throw new TypeError(message);
}

function thrownBy(work: () => never): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("the diagnostics", () => {
  it("contain what support needs to know", async () => {
    const { gather, log } = await openFixture();
    log("license.refused", { code: "ROLLED_BACK" });
    const text = await gather();
    for (const line of [
      "app: 0.1.0, Electron 45.3.4",
      "system: linux 6.1.0 x64",
      "language: fr",
      "screen: catalog OK",
      `vault: ${VAULT_ID} generation 1`,
      `stick: ${STICK_ID}`,
      "keychain: open, device key there",
      `license: OK in-use on computer, ${LICENSE_ID} seq 5 ring ring1, 2025-12-31T00:00:00Z to 2026-01-31T00:00:00Z, ` +
        `grace to 2026-02-07T00:00:00Z, computer this, passphrase no, stick ${STICK_ID}, hardware serial yes volume no`,
      `counter of license ${LICENSE_ID}: 1.5`,
      "log, last 1 lines:",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).toContain("license: EXPIRED refused on stick");
    expect(text).toMatch(/ledger: ready, write \d+; keychain ok, file ok, stick ok/);
    expect(text).toContain('"code":"ROLLED_BACK"');
  });

  it("contain no name, folder, title, passphrase or key", async () => {
    const fixture = await openFixture();
    const text = await fixture.gather();
    const key = await ensureDeviceKey(fixture.secrets);
    if (!key.ok) throw new Error(key.error);
    const { x25519Private, ed25519Seed, id } = key.value;
    const secrets = [x25519Private, ed25519Seed, TEST_KEK].map(toBase64url);
    const words = text.toLowerCase().split(/[^a-z0-9-]+/);
    for (const name of [hostname(), userInfo().username]) expect(words).not.toContain(name.toLowerCase());
    const others = [
      TITLE,
      DRIVE.serial,
      DRIVE.volume,
      TEST_PASSPHRASE,
      "Harbour Films",
      "customer-0042",
      fixture.data,
      fixture.stick,
      "/tmp",
      id,
    ];
    const kept = [...fixture.secrets.secrets.values()].flatMap((value) => value.split("."));
    for (const secret of [...secrets, homedir(), ...others, ...kept]) {
      expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    }
    expect(text).not.toMatch(/[/\\@]/);
  });

  it("contain where an unexpected error occurred, but not its message; nor does the log", async () => {
    const { gather, errors, logFolder } = await openFixture();
    expect(await gather()).toContain("\nunexpected errors: 0\n");
    const key = toBase64url(TEST_KEK);
    const path = join(homedir(), "Films", `${TITLE}.mp4`);
    errors.record(
      "ipc",
      thrownBy(() => openSecretly(`cannot read ${path} (${TITLE}) with ${key}`)),
      "player.open",
    );
    const fake = `ENOENT\n    at Harbour (${path}:1:2)\n    at storms (/home/someone/Harbour.js:1:2)`;
    errors.record("vault-watch", Object.assign(new Error(fake), { code: TITLE, name: TITLE }));
    const text = await gather();
    expect(text).toContain("unexpected errors: 2, last at 2026-01-01T00:00:00Z: vault-watch other\n");
    const log = readdirSync(logFolder).map((name) => readFileSync(join(logFolder, name), "utf8"));
    const lines = log
      .join("")
      .split("\n")
      .filter((line) => line.includes("app.unexpected"));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"call":"player.open"');
    expect(lines[0]).toContain("openSecretly:diagnostics.test.ts:");
    // Both lines are ours, so the diagnostics contain them.
    for (const line of lines) expect(text).toContain(line);
    for (const secret of [homedir(), "Films", TITLE, "Harbour", "storms", key, "mp4"]) {
      expect(`${text}${log.join("")}`).not.toContain(secret);
    }
  });

  it("report that the keychain is locked, and that a witness is behind", async () => {
    const fixture = await openFixture();
    writeFileSync(join(fixture.data, "ledger", "ledger.json"), "spoilt");
    expect(await fixture.gather()).toContain("keychain ok, file lagging, stick ok");
    fixture.secrets.fault = "STORE_LOCKED";
    const locked = await fixture.gather();
    expect(locked).toContain("keychain: STORE_LOCKED");
    expect(locked).toContain("ledger: STORE_LOCKED");
  });

  it("are available without a stick", async () => {
    const fixture = await openFixture();
    await fixture.session.close();
    const text = await fixture.gather();
    expect(text).toContain("screen: no-stick\nvault: none\nstick: none");
    expect(text).toContain("stick absent");
  });
});

describe("the end of the log", () => {
  const line = (number: number) => JSON.stringify({ at: "2026-01-01T00:00:00.000Z", event: "app.started", number });

  it("consists of the last lines of the last days, oldest first", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "2026-01-01.log"), `${[1, 2, 3].map(line).join("\n")}\n`);
    writeFileSync(join(folder, "2026-01-02.log"), `${[4, 5].map(line).join("\n")}\n`);
    expect(await readLogTail(folder, 3)).toEqual([3, 4, 5].map(line));
    expect(await readLogTail(folder, 50)).toHaveLength(5);
  });

  it("leaves out lines that are not ours", async () => {
    const folder = temporaryFolder();
    const foreignLines = [
      "plain words",
      '{"event":"x","path":"/etc/passwd"}',
      '{"event":"x","of":{"a":1}}',
      '"event"',
      "null",
    ];
    writeFileSync(join(folder, "2026-01-01.log"), [...foreignLines, line(1), '{"event":"x","mail":"a@b"}'].join("\n"));
    writeFileSync(join(folder, "2026-01-02.log.txt"), line(2));
    expect(await readLogTail(folder, 50)).toEqual([line(1)]);
  });

  it("reads only the end of a long log, and is empty if there is no log", async () => {
    const folder = temporaryFolder();
    const lines = Array.from({ length: 5000 }, (_, number) => line(number));
    writeFileSync(join(folder, "2026-01-01.log"), `${lines.join("\n")}\n`);
    expect(await readLogTail(folder, 50)).toEqual(lines.slice(-50));
    expect(await readLogTail(join(folder, "none"), 50)).toEqual([]);
    mkdirSync(join(folder, "2026-01-03.log"));
    expect(await readLogTail(folder, 50)).toEqual(lines.slice(-50));
  });
});
