import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DeviceFingerprint, StickFingerprint } from "../../../src-shared/license/index.ts";
import { deviceFingerprintOf, stickFingerprintOf } from "../../../src-shared/node/hardware-fingerprint.ts";
import { writeFakeUsb } from "../../fakes/fake-usb.ts";
import { type Device, newDevice } from "../support/device.ts";
import { markKeyOn } from "../support/mark-key.ts";
import { type Issued, openIssuingFixture } from "../support/licenses.ts";
import { mayMount, mountLoop } from "../support/mounts.ts";
import { type Packed, refusal, runVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";
import { LIGHTHOUSE, openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DRIVE = { usb: true, serial: "4C530001", volume: "1234abcd", partition: "1a2b3c4d-01", removable: true };
const COMPUTER = { os: "installation", disk: "disk", net: ["3c:22:fb:00:00:01"] };

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
let marks: DeviceFingerprint;
let markKey: string;
let onStick: StickFingerprint;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, LIGHTHOUSE]);
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
  marks = deviceFingerprintOf(device.privateKey, COMPUTER);
  markKey = markKeyOn(fixture.stick);
  onStick = stickFingerprintOf(markKey, DRIVE);
});
afterAll(() => fixture.remove());

const asking = (by: Device, members: object) => publisher.written("uvvreq", by.request(packed, members));
const bindOf = ({ out }: Issued) => publisher.claims(out).bind;
const renew = (lid: string, ...rest: string[]) =>
  publisher.command("renew", lid, "--days", "60", ...rest, "--out", publisher.next("uvvlic"));

describe("the fingerprints in a request", () => {
  it("are in the license, and in the register for renewals", async () => {
    const issued = await publisher.issue("--request", asking(device, { deviceMarks: marks, stickMarks: onStick }));
    const bind = { mode: "device", stick: packed.stickId, device: device.id, deviceMarks: marks, stickMarks: onStick };
    expect(bindOf(issued)).toEqual(bind);
    const renewed = await succeed<Issued>(renew(issued.lid));
    expect(bindOf(renewed)).toEqual(bind);
    expect(publisher.entries().at(-1)).toMatchObject({ device: { id: device.id, marks }, stickMarks: onStick });
  });

  it("replace earlier ones; a request of an older app keeps them", async () => {
    const issued = await publisher.issue("--request", asking(device, { deviceMarks: marks, stickMarks: onStick }));
    const changed = deviceFingerprintOf(device.privateKey, { ...COMPUTER, net: ["3c:22:fb:00:00:09"] });
    const renewed = await succeed<Issued>(renew(issued.lid, "--request", asking(device, { deviceMarks: changed })));
    expect(bindOf(renewed)).toMatchObject({ deviceMarks: changed, stickMarks: onStick });
    const again = await succeed<Issued>(renew(issued.lid, "--request", asking(device, {})));
    expect(bindOf(again)).toMatchObject({ deviceMarks: changed, stickMarks: onStick });
  });

  it("are those of the new computer after a transfer, never of the old one", async () => {
    const issued = await publisher.issue("--request", asking(device, { deviceMarks: marks, stickMarks: onStick }));
    const next = await newDevice();
    const words = (members: object) =>
      publisher.command(
        "transfer",
        issued.lid,
        "--request",
        asking(next, members),
        "--without-return",
        "--out",
        publisher.next("uvvlic"),
      );
    const moved = await succeed<Issued>(words({}));
    expect(bindOf(moved)).toEqual({ mode: "device", stick: packed.stickId, device: next.id, stickMarks: onStick });
  });

  it("are absent in the license if the request has none", async () => {
    expect(bindOf(await publisher.issue("--request", publisher.request(device)))).toEqual({
      mode: "device",
      stick: packed.stickId,
      device: device.id,
    });
  });

  it("are taken from each request of a table", async () => {
    const csv = publisher.written(
      "csv",
      `customer,days,request\nC-1,30,${basename(asking(device, { deviceMarks: marks }))}\n`,
    );
    const location = ["--keys", fixture.keys, "--stick", fixture.stick, "--out-dir", fixture.path("batch")];
    const batch = await succeed<{ licenses: Issued[] }>(["license", "batch", csv, ...location]);
    expect(bindOf(batch.licenses[0]!)).toMatchObject({ deviceMarks: marks });
  });

  it("are shown by inspect", async () => {
    const issued = await publisher.issue("--request", asking(device, { deviceMarks: marks, stickMarks: onStick }));
    const { stdout } = await vaultctl(["license", "inspect", issued.out]);
    expect(stdout).toContain("Fingerprints: stick serial, volume, partition; computer os, disk, net");
  });
});

/** Mounts a file system with a copy of the vault, whose device is that of a USB stick for a process that runs `at`. */
function plugIn(name: string) {
  const disk = mountLoop(fixture.path(name));
  if (!disk) throw new Error("mounting failed");
  const { root, unmount } = disk;
  execFileSync("cp", ["-r", `${fixture.stick}/VAULT`, root]);
  const usb = writeFakeUsb(fixture.path(`${name}-system`));
  usb.setStick(root, DRIVE.serial);
  return { root, usb, at: [{}, usb.command] as const, pull: unmount };
}

describe.skipIf(!mayMount())("the fingerprint of a drive that is plugged in", () => {
  let stick: ReturnType<typeof plugIn>;
  beforeAll(() => {
    stick = plugIn("drive");
  });
  afterAll(() => stick.pull());

  const issue = (...rest: string[]) => {
    const location = ["--keys", fixture.keys, "--stick", stick.root, "--out", publisher.next("uvvlic")];
    return ["license", "issue", "--for", "C-0042", "--days", "30", ...location, ...rest];
  };

  it("is in a license with a passphrase, which is refused on an image of the drive", async () => {
    const issued = await succeed<Issued>(issue("--passphrase-file", publisher.next("txt")), ...stick.at);
    expect(bindOf(issued)).toEqual({ mode: "stick", stick: packed.stickId, stickMarks: onStick });
    const check = ["license", "check", issued.out, "--stick", stick.root, "--trust", fixture.trust];
    expect(await succeed(check, ...stick.at)).toMatchObject({
      code: "OK",
      drive: { serial: true, volume: true, partition: true },
    });
    expect((await runVaultctl(check, ...stick.at)).stdout).toContain("The drive: serial matches");
    stick.usb.setStick(stick.root, "4C530002");
    const refused = await runVaultctl([...check, "--json"], ...stick.at);
    expect(refused.json).toMatchObject({ code: "WRONG_STICK", drive: { serial: false, volume: true } });
    stick.usb.setStick(stick.root, DRIVE.serial);
  });

  it("takes precedence over the request's fingerprint of the same drive", async () => {
    const partly = { serial: onStick.serial };
    const issued = await succeed<Issued>(issue("--request", asking(device, { stickMarks: partly })), ...stick.at);
    expect(bindOf(issued)).toMatchObject({ stickMarks: onStick });
  });

  it("refuse a request that was made on an image", async () => {
    const image = stickFingerprintOf(markKey, { ...DRIVE, serial: "4C530002" });
    const words = issue("--request", asking(device, { stickMarks: image }));
    expect(await refusal(words, ...stick.at)).toBe("REQUEST_MISMATCH");
    expect((await runVaultctl(words, ...stick.at)).stderr).toContain("one is an image of the other");
  });

  it("is read again for a renewal that names the stick", async () => {
    const issued = await publisher.issue("--passphrase-file", publisher.next("txt"));
    expect(bindOf(issued)).toEqual({ mode: "stick", stick: packed.stickId });
    const words = renew(issued.lid, "--stick", stick.root, "--passphrase-file", publisher.next("txt"));
    expect(bindOf(await succeed<Issued>(words, ...stick.at))).toMatchObject({ stickMarks: onStick });
  });

  it("is not used for a folder on the drive", async () => {
    const folder = `${stick.root}/folder`;
    mkdirSync(folder);
    execFileSync("cp", ["-r", `${fixture.stick}/VAULT`, folder]);
    const words = issue("--passphrase-file", publisher.next("txt")).map((word) =>
      word === stick.root ? folder : word,
    );
    expect(bindOf(await succeed<Issued>(words, ...stick.at))).toEqual({ mode: "stick", stick: packed.stickId });
  });

  it("is absent, without a failure, if the system reports nothing", async () => {
    stick.usb.clear(stick.root);
    const issued = await succeed<Issued>(issue("--passphrase-file", publisher.next("txt")), ...stick.at);
    expect(bindOf(issued)).toEqual({ mode: "stick", stick: packed.stickId });
    stick.usb.setStick(stick.root, DRIVE.serial);
  });
});

it("a register restored from license files has the drive's fingerprint, and needs the computer's again", async () => {
  const issued = await publisher.issue("--request", asking(device, { deviceMarks: marks, stickMarks: onStick }));
  const keys = fixture.path("restored-keys");
  execFileSync("cp", ["-r", fixture.keys, keys]);
  execFileSync("rm", [`${keys}/register.jsonl`, `${keys}/register.head`]);
  await succeed(["license", "restore", "--keys", keys, "--first-seq", "900", issued.out]);
  const words = (...rest: string[]) => {
    const location = ["--keys", keys, "--out", publisher.next("uvvlic")];
    return ["license", "renew", issued.lid, "--days", "9", ...location, ...rest];
  };
  expect(await refusal(words())).toBe("DEVICE_UNKNOWN");
  const changed = deviceFingerprintOf(device.privateKey, { ...COMPUTER, os: "other" });
  const renewed = await succeed<Issued>(words("--request", asking(device, { deviceMarks: changed })));
  expect(bindOf(renewed)).toMatchObject({ deviceMarks: changed, stickMarks: onStick });
});
