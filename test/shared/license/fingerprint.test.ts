import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { lengthPrefixed } from "../../../src-shared/encoding/text.ts";
import {
  type DeviceFingerprint,
  type DriveFingerprint,
  isSameComputer,
  isSameDrive,
  type StickFingerprint,
} from "../../../src-shared/license/index.ts";
import {
  deviceFingerprintOf,
  driveFingerprintOf,
  stickFingerprintOf,
} from "../../../src-shared/node/hardware-fingerprint.ts";
import {
  type DeviceReading,
  type DriveReading,
  normalVolume,
  UNKNOWN_DRIVE,
} from "../../../src-shared/hardware/index.ts";
import { volumeOfDevice } from "../../../src-shared/hardware/windows.ts";
import {
  MARK_KEY,
  DEVICE,
  DEVICE_KEK,
  licenseToken,
  PASSPHRASE_KEK,
  STICK_ID,
  COMMITMENT,
  VAULT_ID,
} from "../../fakes/issuer.ts";
import { testId, testSeed } from "../../fakes/test-keys.ts";
import { judge } from "./cases.ts";

const key = testSeed("device private key");
const computer: DeviceReading = { os: "installation", disk: "disk", net: ["wired", "wireless"] };
const marks = (changes: Partial<DeviceReading> = {}) => deviceFingerprintOf(key, { ...computer, ...changes });
const onComputer = (
  deviceMarks: DeviceFingerprint,
  here: DeviceFingerprint,
  mode: "device" | "device-or-stick" = "device",
) => {
  const kek = { device: DEVICE_KEK, ...(mode === "device" ? {} : { passphrase: PASSPHRASE_KEK }) };
  const bind = { mode, stick: STICK_ID, device: DEVICE, deviceMarks };
  return judge(licenseToken({ bind, vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek }] }), {
    here: { deviceFingerprint: here },
  });
};

describe("the fingerprint of a computer", () => {
  it.each([
    ["nothing has changed", {}, "OK"],
    ["its network cards were changed", { net: ["other"] }, "OK"],
    ["one network card of two was changed", { net: ["other", "wireless"] }, "OK"],
    ["its system was reinstalled", { os: "other" }, "OK"],
    ["its disk was changed", { disk: "other" }, "OK"],
    ["it no longer has a network card", { net: [] }, "OK"],
    ["its disk cannot be read here", { disk: undefined }, "OK"],
    ["system and disk have changed", { os: "other", disk: "other" }, "WRONG_DEVICE"],
    ["disk and network cards have changed", { disk: "other", net: ["other"] }, "WRONG_DEVICE"],
    ["one changed and another cannot be read", { os: "other", disk: undefined }, "WRONG_DEVICE"],
    ["only its network card is as before", { os: undefined, disk: undefined }, "WRONG_DEVICE"],
    ["the keychain was copied to another", { os: "theirs", disk: "theirs", net: ["theirs"] }, "WRONG_DEVICE"],
    ["none of it can be read", { os: undefined, disk: undefined, net: [] }, "WRONG_DEVICE"],
  ] as const)("judges it, if %s, %j as %s", (_name, changes, code) => {
    expect(onComputer(marks(), marks(changes)).code).toBe(code);
  });

  it.each([
    [3, ["os", "disk", "net"], 1],
    [2, ["os", "net"], 1],
    [1, ["disk"], 1],
    [0, [], 0],
  ] as const)("with %i marks in the license may have at most one that fails", (_count, kinds, mayFail) => {
    const all: DeviceFingerprint = marks();
    const licensed = Object.fromEntries(kinds.map((kind) => [kind, all[kind]])) as DeviceFingerprint;
    const other = deviceFingerprintOf(key, { os: "b", disk: "b", net: ["b"] });
    for (let failing = 0; failing <= kinds.length; failing++) {
      const here = { ...all, ...Object.fromEntries(kinds.slice(0, failing).map((kind) => [kind, other[kind]])) };
      expect(isSameComputer(licensed, here), `${failing} of ${kinds.length}`).toBe(failing <= mayFail);
    }
  });

  it("does not count without the key", () => {
    const bind = { mode: "device", stick: STICK_ID, device: DEVICE, deviceMarks: marks() } as const;
    const here = { device: DEVICE.replace(/^./, "_"), deviceFingerprint: marks() };
    expect(judge(licenseToken({ bind }), { here }).code).toBe("WRONG_DEVICE");
  });

  it("leaves the passphrase as an alternative if the license has both", () => {
    expect(onComputer(marks(), marks({ net: ["other"] }), "device-or-stick")).toMatchObject({ unlock: "device" });
    const elsewhere = marks({ os: "theirs", disk: "theirs" });
    expect(onComputer(marks(), elsewhere, "device-or-stick")).toMatchObject({ code: "OK", unlock: "passphrase" });
  });

  it("reveals nothing to anyone without the device's private key, and does not link two keys", () => {
    const elsewhere = deviceFingerprintOf(testSeed("another private key"), computer);
    expect(Object.values(elsewhere).flat()).not.toEqual(expect.arrayContaining([marks().os]));
    const all = [marks(), elsewhere].flatMap((one) => Object.values(one).flat());
    expect(new Set(all).size).toBe(8);
    const sameEverywhere = deviceFingerprintOf(key, { os: "x", disk: "x", net: ["x"] });
    expect(new Set(Object.values(sameEverywhere).flat()).size).toBe(3);
  });
});

const drive: DriveReading = {
  usb: true,
  serial: "4C530001",
  volume: "1234abcd",
  partition: "1a2b3c4d-01",
  removable: true,
};
const driveMarks = (changes: Partial<DriveReading> = {}) => stickFingerprintOf(MARK_KEY, { ...drive, ...changes });
const onDrive = (stickMarks: StickFingerprint, here: DriveFingerprint) =>
  judge(licenseToken({ bind: { mode: "device", stick: STICK_ID, device: DEVICE, stickMarks } }), {
    here: { stickFingerprint: here },
  }).code;
const [none, unread] = [{ serial: undefined }, { volume: undefined, partition: undefined }];

it("the fingerprint of a computer has a key of its own, not the key that opens vault keys", () => {
  const text = lengthPrefixed("uvv-device-mark/1", "os", computer.os ?? "");
  const withPrivateKey = createHmac("sha256", key).update(text).digest().subarray(0, 16);
  expect(marks().os).not.toBe(toBase64url(withPrivateKey));
});

it("the fingerprint of a stick cannot be guessed with the stick id, which the license names: 32 bits are tried in minutes", () => {
  const guess = (kind: string, id: string) =>
    createHmac("sha256", lengthPrefixed(STICK_ID))
      .update(lengthPrefixed("uvv-stick-mark/1", kind, id))
      .digest()
      .subarray(0, 16);
  const guessed = [guess("serial", "4C530001"), guess("volume", "1234abcd"), guess("partition", "1a2b3c4d-01")];
  for (const mark of Object.values(driveMarks())) expect(guessed.map(toBase64url)).not.toContain(mark);
});

describe("the fingerprint of a stick", () => {
  it.each([
    ["is the same", {}, {}, "OK"],
    ["is an image on another drive", {}, { serial: "OTHER" }, "WRONG_STICK"],
    ["was formatted again", {}, { volume: "other", partition: "other" }, "OK"],
    ["reports only its serial number", {}, unread, "OK"],
    ["does not report its serial number here", {}, none, "OK"],
    ["did not report its serial number when it was licensed", none, {}, "OK"],
    ["has no serial number, and one other id changed", none, { ...none, volume: "other" }, "OK"],
    ["has no serial number, and both others changed", none, { ...none, volume: "b", partition: "b" }, "WRONG_STICK"],
    [
      "does not report its serial number here, and both others changed",
      {},
      { ...none, volume: "b", partition: "b" },
      "WRONG_STICK",
    ],
    [
      "reports one id, and that has changed",
      { ...none, partition: undefined },
      { ...none, volume: "b" },
      "WRONG_STICK",
    ],
    ["reports a different one than before", { ...none, volume: undefined }, { ...none, partition: undefined }, "OK"],
    ["reports nothing here", {}, { ...none, ...unread }, "OK"],
    ["reported nothing when it was licensed", { ...none, ...unread }, {}, "OK"],
    ["reports another serial number, everything else unknown", unread, { ...unread, serial: "OTHER" }, "WRONG_STICK"],
    ["is not on USB here", {}, { ...none, usb: false }, "WRONG_STICK"],
    ["is not on USB here, and nothing else is known", unread, { ...none, ...unread, usb: false }, "WRONG_STICK"],
    ["may be on USB here", {}, { ...none, usb: undefined }, "OK"],
    ["is on USB here without a serial number", {}, { ...none, usb: true }, "OK"],
    ["is not on USB here, and had no serial number", none, { ...none, usb: false }, "OK"],
  ] as const)("judges it, if it %s, as the fourth value says (%j, %j, %s)", (_name, licensed, here, code) => {
    expect(onDrive(driveMarks(licensed), driveFingerprintOf(MARK_KEY, { ...drive, ...here }))).toBe(code);
  });

  it("does not count without the stick id", () => {
    const here = { stickId: testId("other"), stickFingerprint: driveMarks() };
    const bind = { mode: "device", stick: STICK_ID, device: DEVICE, stickMarks: driveMarks() } as const;
    expect(judge(licenseToken({ bind }), { here }).code).toBe("WRONG_STICK");
  });

  it("applies in stick mode too", () => {
    const bind = { mode: "stick", stick: STICK_ID, stickMarks: driveMarks() } as const;
    const token = licenseToken({
      bind,
      vaults: [{ id: VAULT_ID, commitment: COMMITMENT, kek: { passphrase: PASSPHRASE_KEK } }],
    });
    expect(judge(token, { here: { stickFingerprint: driveMarks() } }).code).toBe("OK");
    expect(judge(token, { here: { stickFingerprint: driveMarks({ serial: "OTHER" }) } }).code).toBe("WRONG_STICK");
  });

  it("is the same for a volume as Linux writes it and as Windows numbers it", () => {
    const linux = driveMarks({ ...none, partition: undefined, volume: normalVolume("1234-ABCD") });
    const windows = driveMarks({ ...none, partition: undefined, volume: volumeOfDevice(0x1234abcdn) });
    expect(windows).toEqual(linux);
    expect(onDrive(linux, windows)).toBe("OK");
  });

  it("does not link two sticks on the same drive", () => {
    expect(stickFingerprintOf(toBase64url(testSeed("other")), drive).serial).not.toBe(driveMarks().serial);
    expect(stickFingerprintOf(MARK_KEY, UNKNOWN_DRIVE)).toEqual({});
    expect(isSameDrive({}, {})).toBe(true);
  });
});
