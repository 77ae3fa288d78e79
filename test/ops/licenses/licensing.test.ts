import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { type LicenseClaims, verifyLicense } from "../../../src-shared/license/index.ts";
import { deviceIdOf, openOnDevice } from "../../../src-shared/node/device-sealing.ts";
import { passphraseKey, unwrapKey } from "../../../src-shared/node/vault-keys.ts";
import { DAY } from "../../../src-shared/units.ts";
import { kekInfo } from "../../../src-shared/vault/index.ts";
import { type Device, newDevice } from "../support/device.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import {
  LIGHTHOUSE,
  openPublisherFixture,
  sha256,
  TIDES,
  trustRootsOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let device: Device;
let count = 0;

beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES, LIGHTHOUSE]);
  device = await newDevice();
});
afterAll(() => fixture.remove());

const nextPath = (ending: string) => fixture.path(`${++count}.${ending}`);
const order = (out: string, ...rest: string[]) => [
  "license",
  "issue",
  "--keys",
  fixture.keys,
  "--stick",
  fixture.stick,
  "--for",
  "C-0042",
  "--days",
  "30",
  "--out",
  out,
  ...rest,
];

function requestFile(overrides?: Parameters<Device["request"]>[1]): string {
  const path = nextPath("uvvreq");
  writeFileSync(path, device.request(packed, overrides));
  return path;
}

function claimsOf(path: string): LicenseClaims {
  const license = verifyLicense(readFileSync(path, "utf8"), trustRootsOf(fixture));
  if (!license.ok) throw new Error(license.error);
  return license.value.claims;
}

function kekInfoOf({ iss, lid, seq, vaults, bind }: LicenseClaims, deviceId: string): Uint8Array {
  const vaultId = vaults[0]?.id ?? "";
  return kekInfo({ issuer: iss, licenseId: lid, seq, vaultId, stickId: bind.stick, device: deviceId });
}

async function openByPassphrase(license: string, passphraseFile: string): Promise<Uint8Array | undefined> {
  const claims = claimsOf(license);
  const sealed = claims.vaults[0]?.kek.passphrase;
  const passphrase = readFileSync(passphraseFile, "utf8").trim();
  const key = await passphraseKey(passphrase, fromBase64url(sealed!.salt)!, sealed!);
  return unwrapKey(key, sealed!.sealed, kekInfoOf(claims, ""));
}

async function openByDevice(license: string): Promise<Uint8Array | undefined> {
  const claims = claimsOf(license);
  return openOnDevice(device.privateKey, claims.vaults[0]!.kek.device!, kekInfoOf(claims, device.id));
}

describe("a license with a passphrase", () => {
  it("opens the vault only with the generated passphrase", async () => {
    const [out, secret] = [nextPath("uvvlic"), nextPath("txt")];
    await succeed(order(out, "--passphrase-file", secret));
    const kek = await openByPassphrase(out, secret);
    expect((await openAsReader(fixture, fixture.stick, kek)).catalog.videos).toHaveLength(2);
    writeFileSync(secret, "0000-0000-0000-0000-0000-0000");
    expect(await openByPassphrase(out, secret)).toBeUndefined();
  });

  it("has a new one of six groups of four digits, in a file that only the owner can read", async () => {
    const secrets = [nextPath("txt"), nextPath("txt")];
    for (const secret of secrets) await succeed(order(nextPath("uvvlic"), "--passphrase-file", secret));
    const texts = secrets.map((path) => readFileSync(path, "utf8"));
    for (const text of texts) expect(text).toMatch(/^(\d{4}-){5}\d{4}\n$/);
    expect(texts[0]).not.toBe(texts[1]);
    expect(statSync(secrets[0]!).mode & 0o777).toBe(0o600);
  });

  it("never shows the passphrase", async () => {
    const secret = nextPath("txt");
    const answer = await vaultctl(order(nextPath("uvvlic"), "--passphrase-file", secret));
    const groups = readFileSync(secret, "utf8").trim();
    expect(answer.stdout + answer.stderr).not.toContain(groups);
    expect(readFileSync(join(fixture.keys, "register.jsonl"), "utf8")).not.toContain(groups);
  });

  it("overwrites neither passphrase nor license, and writes no passphrase onto the stick", async () => {
    const [taken, free] = [nextPath("txt"), nextPath("uvvlic")];
    writeFileSync(taken, "mine");
    expect(await refusal(order(free, "--passphrase-file", taken))).toBe("FILE_EXISTS");
    expect(await refusal(order(taken, "--passphrase-file", nextPath("txt")))).toBe("FILE_EXISTS");
    expect(await refusal(order(free, "--passphrase-file", join(fixture.stick, "p.txt")))).toBe("ON_STICK");
    expect(readFileSync(taken, "utf8")).toBe("mine");
    expect(existsSync(free)).toBe(false);
  });

  it("deletes the passphrase file if the license cannot be written", async () => {
    const secret = nextPath("txt");
    expect(await refusal(order(fixture.path("no-folder", "a.uvvlic"), "--passphrase-file", secret))).toBe("NOT_FOUND");
    expect(existsSync(secret)).toBe(false);
  });
});

describe("a license for a computer", () => {
  it("opens the vault on that computer", async () => {
    const out = nextPath("uvvlic");
    await succeed(order(out, "--request", requestFile()));
    expect(claimsOf(out).bind).toEqual({ mode: "device", stick: packed.stickId, device: device.id });
    const kek = await openByDevice(out);
    expect((await openAsReader(fixture, fixture.stick, kek)).catalog.videos).toHaveLength(2);
  });

  it("may have a passphrase too", async () => {
    const [out, secret] = [nextPath("uvvlic"), nextPath("txt")];
    await succeed(order(out, "--request", requestFile(), "--passphrase-file", secret));
    expect(claimsOf(out).bind.mode).toBe("device-or-stick");
    expect(toBase64url((await openByDevice(out))!)).toBe(toBase64url((await openByPassphrase(out, secret))!));
  });

  it("is refused for a request of another stick", async () => {
    const request = requestFile({ stickId: packed.vaultId });
    expect(await refusal(order(nextPath("uvvlic"), "--request", request))).toBe("REQUEST_MISMATCH");
  });

  it.each([
    ["names a device that does not match its key", { device: toBase64url(new Uint8Array(32)) }],
    ["has a key that does not match its device", { x25519: toBase64url(new Uint8Array(32).fill(9)) }],
    [
      "has a key that everyone could open",
      { x25519: toBase64url(new Uint8Array(32)), device: deviceIdOf(new Uint8Array(32)) },
    ],
  ])("is refused for a request that %s", async (_what, overrides) => {
    expect(await refusal(order(nextPath("uvvlic"), "--request", requestFile(overrides)))).toBe("REQUEST_INVALID");
  });

  it("is refused for a request that was changed on its way", async () => {
    const path = nextPath("uvvreq");
    const lines = device.request(packed).split("\n");
    lines[2] = (lines[2] ?? "").replace(/^./, (first) => (first === "A" ? "B" : "A"));
    writeFileSync(path, lines.join("\n"));
    expect(await refusal(order(nextPath("uvvlic"), "--request", path))).toBe("REQUEST_INVALID");
  });
});

describe("the content of a license", () => {
  it("matches the order", async () => {
    const out = nextPath("uvvlic");
    const video = packed.videos[0]!.id;
    const more = ["--ring", "ring1", "--grace-days", "7", "--min-app", "1.2.3", "--entitle", video];
    const issued = await succeed<{ seq: number; sha256: string }>(
      order(out, ...more, "--passphrase-file", nextPath("txt")),
    );
    const claims = claimsOf(out);
    expect(claims).toMatchObject({
      sub: "C-0042",
      ring: "ring1",
      grace: 7 * DAY,
      minApp: "1.2.3",
      entitlements: [video],
      aud: "usb-video-vault",
      seq: issued.seq,
      bind: { mode: "stick", stick: packed.stickId },
    });
    expect(claims.exp - claims.iat).toBe(30 * DAY);
    expect(fromBase64url(issued.sha256)).toEqual(new Uint8Array(Buffer.from(sha256(readFileSync(out)), "hex")));
  });

  it("cannot name a video that is not on the stick", async () => {
    const args = order(nextPath("uvvlic"), "--passphrase-file", nextPath("txt"), "--entitle", packed.stickId);
    expect(await refusal(args)).toBe("VIDEO_UNKNOWN");
  });

  it("is not signed by a key that readers do not have", async () => {
    const mixed = fixture.path("mixed");
    cpSync(fixture.keys, mixed, { recursive: true });
    await succeed(["keys", "init", "--dir", fixture.path("others"), "--dev"]);
    const name = "license-issuer.jwk.json";
    cpSync(fixture.path("others", "private", name), join(mixed, "private", name));
    const [out, secret] = [nextPath("uvvlic"), nextPath("txt")];
    const args = order(out, "--passphrase-file", secret);
    expect(await refusal(args.with(args.indexOf(fixture.keys), mixed))).toBe("KEYS_BROKEN");
    expect([existsSync(out), existsSync(secret)]).toEqual([false, false]);
    expect(readFileSync(join(mixed, "register.jsonl"))).toEqual(readFileSync(join(fixture.keys, "register.jsonl")));
  });

  it("is limited to the number of videos that readers accept", async () => {
    const ids = Array.from({ length: 201 }, () => packed.videos[0]!.id);
    const args = order(nextPath("uvvlic"), "--passphrase-file", nextPath("txt"), "--entitle", ...ids);
    expect(await refusal(args)).toBe("USAGE");
  });

  it("may be in VAULT/licenses on the stick", async () => {
    const folder = join(fixture.stick, "VAULT", "licenses");
    mkdirSync(folder);
    await succeed(order(join(folder, "a.uvvlic"), "--passphrase-file", nextPath("txt")));
    expect(readdirSync(folder)).toEqual(["a.uvvlic"]);
    expect(await succeed(["verify", fixture.stick, "--trust", fixture.trust])).toMatchObject({ extras: [] });
  });
});

describe("license check", () => {
  let license: string;
  let iat: number;
  beforeAll(async () => {
    license = nextPath("uvvlic");
    await succeed(order(license, "--grace-days", "7", "--request", requestFile()));
    iat = claimsOf(license).iat;
  });
  const check = (at: number, stick = fixture.stick) =>
    ["license", "check", license, "--stick", stick, "--trust", fixture.trust, "--at", String(at), "--json"] as const;

  it.each([
    ["in its time", 0, 0, "OK"],
    ["in its last second", 30 * DAY - 1, 0, "OK"],
    ["after it", 30 * DAY, 0, "GRACE"],
    ["in the last second of grace", 37 * DAY - 1, 0, "GRACE"],
    ["after the grace", 37 * DAY, 1, "EXPIRED"],
    ["long before", -2 * DAY, 1, "CLOCK"],
  ])("judges a license %s", async (_when, offset, exit, code) => {
    const answer = await vaultctl(check(iat + offset));
    expect(answer.json).toMatchObject({ ok: exit === 0, code });
    expect(answer.code).toBe(exit);
  });

  it("refuses a license on another stick", async () => {
    const stick = fixture.newStick("other");
    await succeed(["pack", "--stick", stick, "--keys", fixture.keys, TIDES]);
    expect((await vaultctl(check(iat, stick))).json).toMatchObject({ code: "WRONG_STICK" });
  });

  it("refuses a license with one bit changed", async () => {
    const lines = readFileSync(license, "utf8").split("\n");
    lines[3] = (lines[3] ?? "").replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const changed = nextPath("uvvlic");
    writeFileSync(changed, lines.join("\n"));
    const answer = await vaultctl(check(iat).with(2, changed));
    expect(answer.code).toBe(1);
    expect(["SIGNATURE_INVALID", "MALFORMED"]).toContain(answer.json?.["code"]);
  });

  it("fails without a trust anchor", async () => {
    expect(await refusal(check(iat).with(6, fixture.path("nowhere")).slice(0, -1))).toBe("NO_ANCHOR");
  });
});

describe("license inspect", () => {
  it("shows NOT VERIFIED without trust anchors", async () => {
    const out = nextPath("uvvlic");
    await succeed(order(out, "--passphrase-file", nextPath("txt")));
    const unchecked = await vaultctl(["license", "inspect", out]);
    expect(unchecked.stdout).toMatch(/^Signature: NOT VERIFIED\n/);
    expect(await succeed(["license", "inspect", out])).toMatchObject({ verified: false, claims: { sub: "C-0042" } });
    const checked = await succeed(["license", "inspect", out, "--trust", fixture.trust]);
    expect(checked).toMatchObject({ verified: true, signature: "valid" });
  });

  it("refuses the signature of an unknown key, but still shows the content", async () => {
    const out = nextPath("uvvlic");
    await succeed(order(out, "--passphrase-file", nextPath("txt")));
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    const args = ["license", "inspect", out, "--trust", fixture.path("stranger", "public"), "--json"];
    const answer = await vaultctl(args);
    expect(answer.code).toBe(1);
    expect(answer.json).toMatchObject({ ok: false, signature: "KEY_UNKNOWN", claims: { sub: "C-0042" } });
  });

  it("refuses a file that is not a license", async () => {
    expect(await refusal(["license", "inspect", TIDES])).toBe("LICENSE_UNREADABLE");
    expect(await refusal(["license", "inspect", fixture.path("none.uvvlic")])).toBe("LICENSE_UNREADABLE");
  });
});
