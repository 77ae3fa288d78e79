import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHardwareFingerprint } from "../../../src-main/hardware/index.ts";
import { ensureDeviceKey } from "../../../src-main/license/index.ts";
import { type DeviceReading, type DriveReading, UNKNOWN_DRIVE } from "../../../src-shared/hardware/index.ts";
import { type LicenseClaims, parseActivationRequest } from "../../../src-shared/license/index.ts";
import { deviceFingerprintOf, stickFingerprintOf } from "../../../src-shared/node/hardware-fingerprint.ts";
import { COMPUTER, createFakeHardware } from "../../fakes/fake-hardware.ts";
import { MARK_KEY, STICK_ID } from "../../fakes/issuer.ts";
import { deviceLicense, passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { newComputer, putLicense, requestDevice, restart, startSession } from "./session-fixture.ts";

const STICK: DriveReading = {
  usb: true,
  serial: "4C530001",
  volume: "1234abcd",
  partition: "1a2b3c4d-01",
  removable: true,
};
const IMAGE: DriveReading = { ...STICK, serial: "4C530002" };
const NOT_ON_USB: DriveReading = { ...UNKNOWN_DRIVE, usb: false };
const FORMATTED: DriveReading = { ...STICK, volume: "99999999", partition: "99999999-01" };
const CLEAR = new Uint8Array(1000).fill(7);

/** A computer with readable hardware, and a stick with a passphrase license for the drive `STICK` only. */
async function withStick(licensed: DriveReading = STICK) {
  const computer = newComputer();
  computer.hardware.stick = STICK;
  const [videoId = ""] = await writeTestVault(computer.stick, [{ title: "Harbour", bytes: CLEAR }]);
  const bind = { mode: "stick", stick: STICK_ID, stickMarks: stickFingerprintOf(MARK_KEY, licensed) } as const;
  putLicense(computer.stick, await passphraseLicense({ bind }));
  return { computer, videoId };
}

async function openStick() {
  const { computer, videoId } = await withStick();
  const fixture = startSession(computer);
  await fixture.session.updateCandidates([computer.stick]);
  expect(await fixture.session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  return { ...fixture, videoId };
}

const WRONG_DRIVE = { stage: "locked", refusal: { code: "WRONG_STICK", date: null, isCopy: true } };

describe("a stick and its hardware", () => {
  it("opens on the licensed drive, also if it was formatted again or reports nothing about itself", async () => {
    const { computer } = await withStick();
    for (const stick of [STICK, FORMATTED, UNKNOWN_DRIVE]) {
      computer.hardware.stick = stick;
      expect((await restart(computer)).code).toBe("PASSPHRASE");
    }
  });

  it.each([
    ["an image on another drive", IMAGE],
    ["a copy that is on no USB drive", NOT_ON_USB],
  ])("is refused if it is %s, and the refusal says that it is a copy", async (_what, there) => {
    const { computer } = await withStick();
    computer.hardware.stick = there;
    const fixture = startSession(computer);
    await fixture.session.updateCandidates([computer.stick]);
    expect(fixture.session.screen()).toMatchObject(WRONG_DRIVE);
    expect(fixture.logged.filter((line) => line.includes("WRONG_STICK"))).toHaveLength(1);
    expect(await fixture.session.unlock(TEST_PASSPHRASE)).toEqual({ ok: false, error: "MISSING" });
  });

  it("is not called a copy if the license names another stick", async () => {
    const { computer } = await withStick();
    putLicense(computer.stick, await passphraseLicense({ bind: { mode: "stick", stick: "a".repeat(26) } }));
    const fixture = startSession(computer);
    await fixture.session.updateCandidates([computer.stick]);
    expect(fixture.session.screen()).toMatchObject({ refusal: { code: "WRONG_STICK", date: null } });
    expect(JSON.stringify(fixture.session.screen())).not.toContain("isCopy");
  });

  it("goes on after it was removed and returned, but not if an image of it returns instead", async () => {
    const { session, stick, hardware, emitted, videoId } = await openStick();
    await session.openVideo(videoId);
    const away = () => renameSync(stick, `${stick}.away`);
    const back = () => renameSync(`${stick}.away`, stick);
    away();
    await session.updateCandidates([]);
    back();
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ stage: "catalog", present: true });
    away();
    await session.updateCandidates([]);
    hardware.stick = IMAGE;
    back();
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject(WRONG_DRIVE);
    expect(emitted.map((event) => (event as { name: string }).name)).toEqual(["player.fault", "player.restored"]);
    expect(await session.list()).toEqual({ ok: false, error: "LOCKED" });
  });

  it("is another stick with another serial number, even if the license has none", async () => {
    const { computer, videoId } = await withStick(UNKNOWN_DRIVE);
    const { session, emitted } = startSession(computer);
    await session.updateCandidates([computer.stick]);
    await session.unlock(TEST_PASSPHRASE);
    await session.openVideo(videoId);
    await session.updateCandidates([]);
    computer.hardware.stick = IMAGE;
    await session.updateCandidates([computer.stick]);
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: null, passphrase: true });
    expect(emitted).toEqual([{ name: "player.fault", videoId, code: "REMOVED" }]);
  });

  it.each([
    ["another drive", IMAGE],
    ["a copy that is on no USB drive", NOT_ON_USB],
  ])("is recognized if it was exchanged for %s between two scans", async (_what, there) => {
    const { session, stick, hardware, videoId } = await openStick();
    const opened = await session.openVideo(videoId);
    if (!opened.ok) throw new Error(opened.error);
    hardware.stick = there;
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ stage: "catalog" });
    hardware.plugs++;
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject(WRONG_DRIVE);
    expect(await session.lookup(opened.value.mediaUrl.slice("vault://media/".length))).toBeUndefined();
  });

  it.each([
    ["its serial number", IMAGE],
    ["that it is not on USB", { ...NOT_ON_USB, volume: STICK.volume, partition: STICK.partition }],
  ])("is judged again when %s becomes known later", async (_what, later) => {
    const { computer } = await withStick();
    const { hardware, stick } = computer;
    Object.assign(hardware, { stick: { ...STICK, usb: undefined, serial: undefined }, later });
    const fixture = startSession(computer);
    await fixture.session.updateCandidates([stick]);
    await fixture.session.unlock(TEST_PASSPHRASE);
    expect(fixture.session.screen()).toMatchObject({ stage: "catalog" });
    hardware.releaseLater();
    await fixture.session.updateCandidates([stick]);
    await fixture.session.updateCandidates([stick]);
    expect(fixture.session.screen()).toMatchObject(WRONG_DRIVE);
  });

  it("stays open when the licensed serial number becomes known later", async () => {
    const { computer } = await withStick();
    const { hardware, stick } = computer;
    Object.assign(hardware, { stick: { ...FORMATTED, serial: undefined }, later: FORMATTED });
    const fixture = startSession(computer);
    await fixture.session.updateCandidates([stick]);
    expect(fixture.session.screen()).toMatchObject(WRONG_DRIVE);
    hardware.releaseLater();
    await fixture.session.updateCandidates([stick]);
    await fixture.session.updateCandidates([stick]);
    expect(fixture.session.screen()).toMatchObject({ stage: "locked", passphrase: true });
  });

  it("does not interrupt a video when more becomes known about the same drive", async () => {
    const { computer, videoId } = await withStick();
    const { hardware, stick } = computer;
    Object.assign(hardware, { stick: { ...STICK, serial: undefined }, later: STICK });
    const { session } = startSession(computer);
    await session.updateCandidates([stick]);
    await session.unlock(TEST_PASSPHRASE);
    const opened = await session.openVideo(videoId);
    if (!opened.ok) throw new Error(opened.error);
    hardware.releaseLater();
    await session.updateCandidates([stick]);
    await session.updateCandidates([stick]);
    expect(await session.lookup(opened.value.mediaUrl.slice("vault://media/".length))).toBeDefined();
  });
});

/** A computer with this hardware and a license for it that contains its marks. */
async function licensedComputer(reading: DeviceReading) {
  const computer = newComputer();
  computer.hardware.computer = reading;
  await writeTestVault(computer.stick, []);
  const { session } = startSession(computer);
  await session.updateCandidates([computer.stick]);
  const device = await requestDevice({ session, secrets: computer.secrets });
  const key = await ensureDeviceKey(computer.secrets);
  if (!key.ok) throw new Error(key.error);
  const deviceMarks = deviceFingerprintOf(key.value.x25519Private, reading);
  const bind: LicenseClaims["bind"] = { mode: "device", stick: STICK_ID, device: device.id, deviceMarks };
  expect(await session.importLicense(await deviceLicense(device, { bind }))).toMatchObject({ ok: true });
  await session.close();
  return computer;
}

describe("a computer and its hardware", () => {
  it.each([
    ["with another network card", { net: ["3c:22:fb:ff:ff:ff"] }, "catalog"],
    ["with its system reinstalled", { os: "other" }, "catalog"],
    ["with disk and network card changed", { disk: "other", net: ["3c:22:fb:ff:ff:ff"] }, "WRONG_DEVICE"],
    ["with only a copy of its keychain", { os: "b", disk: "b", net: ["3c:22:fb:ff:ff:ff"] }, "WRONG_DEVICE"],
  ] as const)("%s is %s: %s", async (_name, changes, code) => {
    const computer = await licensedComputer(COMPUTER);
    computer.hardware.computer = { ...COMPUTER, ...changes };
    expect((await restart(computer)).code).toBe(code);
  });

  it("shows in the overview which parts of the hardware match", async () => {
    const computer = await licensedComputer(COMPUTER);
    computer.hardware.computer = { ...COMPUTER, net: [] };
    const { session } = await restart(computer);
    const overview = await session.overview();
    expect(overview.ok && overview.value.licenses.map(({ hardware }) => hardware)).toEqual([
      { os: true, disk: true, net: false },
    ]);
  });
});

describe("an activation request", () => {
  const requestOf = async (computer: ReturnType<typeof newComputer>) => {
    await writeTestVault(computer.stick, []);
    const { session } = startSession(computer);
    await session.updateCandidates([computer.stick]);
    const request = await session.request();
    const parsed = request.ok ? parseActivationRequest(request.value.text) : request;
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  };

  it("contains the fingerprints of computer and stick, and waits for parts that arrive later", async () => {
    const computer = newComputer();
    Object.assign(computer.hardware, {
      computer: COMPUTER,
      stick: { ...UNKNOWN_DRIVE, removable: false },
      later: STICK,
    });
    // Repeatedly: on a slow machine the drive is read late, and only a pending read can be released.
    const letting = setInterval(() => computer.hardware.releaseLater(), 50);
    onTestFinished(() => clearInterval(letting));
    const { deviceMarks, stickMarks } = await requestOf(computer);
    expect(stickMarks).toEqual(stickFingerprintOf(MARK_KEY, STICK));
    const key = await ensureDeviceKey(computer.secrets);
    expect(key.ok && deviceMarks).toEqual(key.ok && deviceFingerprintOf(key.value.x25519Private, COMPUTER));
  });

  it("contains no fingerprint for a folder on a disk, and no id of the hardware itself", async () => {
    const computer = newComputer();
    Object.assign(computer.hardware, { computer: COMPUTER, stick: { ...STICK, removable: false } });
    const request = await requestOf(computer);
    expect(request.stickMarks).toBeUndefined();
    for (const id of [COMPUTER.os, COMPUTER.disk, ...COMPUTER.net, STICK.serial]) {
      expect(JSON.stringify(request)).not.toContain(id);
    }
  });
});

describe("the hardware fingerprint", () => {
  it("reads the computer once, and a drive once each time it is plugged in or was gone", async () => {
    const hardware = createFakeHardware();
    let [computers, drives] = [0, 0];
    const fingerprint = createHardwareFingerprint({
      device: async () => (computers++, hardware.computer),
      drive: (root) => (drives++, hardware.drive(root)),
      plug: hardware.plug,
    });
    const root = join("/media", "stick");
    const counts = async () => {
      await fingerprint.ofStick(root, MARK_KEY);
      await fingerprint.ofDevice(new Uint8Array(32));
      return [computers, drives];
    };
    expect([await counts(), await counts()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    hardware.plugs++;
    expect(await counts()).toEqual([1, 2]);
    fingerprint.forget();
    expect(await counts()).toEqual([1, 3]);
  });
});
