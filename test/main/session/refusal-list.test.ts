import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import { armor, LICENSE_PROFILE, type LicenseClaims } from "../../../src-shared/license/index.ts";
import { stickFingerprintOf } from "../../../src-shared/node/hardware-fingerprint.ts";
import { err } from "../../../src-shared/result.ts";
import { DAY, HOUR, KIB } from "../../../src-shared/units.ts";
import {
  MARK_KEY,
  LICENSE_ID,
  licenseIssuer,
  NOW,
  revocationIssuer,
  revocationToken,
  ROOTS,
  signRaw,
  signToken,
} from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense } from "../../fakes/test-vault.ts";
import { encodeRaw, fromBytes, L, P, toBytes } from "../../shared/jws/edwards.ts";
import { changeBytes, flipBit, withSegment } from "../../shared/license/cases.ts";
import { activated, putRevocations, restart } from "./session-fixture.ts";

// Every way in which a license can be bad, numbered, tested with the whole session of an activated computer and real
// files: each imported license is a renewal (seq 6) that would be good except for one fault. More detailed tests are
// next to the individual parts.

type Activated = Awaited<ReturnType<typeof activated>>;
type Renewal = { readonly token: string; readonly claims: LicenseClaims };

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as LicenseClaims;

async function renewal({ device }: Activated, overrides: Partial<LicenseClaims> = {}): Promise<Renewal> {
  const token = await deviceLicense(device, { seq: 6, ...overrides });
  return { token, claims: claimsOf(token) };
}

/** The code for this text when it is dropped on the running app. */
async function dropped(computer: Activated, text: string, roots: TrustRoots = ROOTS): Promise<string> {
  const { session } = await restart(computer, { roots });
  const imported = await session.importLicense(text);
  await session.close();
  if (!imported.ok) return imported.error;
  return imported.value?.code ?? "REFUSED_AFTER_IMPORT";
}

const good = { alg: "EdDSA", kid: licenseIssuer.root.kid, typ: LICENSE_PROFILE.typ };
const signed = (payload: string | Uint8Array, header: object = good) =>
  signRaw(JSON.stringify(header), payload, licenseIssuer);
const headed = (more: object) => (renewed: Renewal) => signed(JSON.stringify(renewed.claims), { ...good, ...more });
const dated = (date: string) => (renewed: Renewal) =>
  signed(JSON.stringify(renewed.claims).replace(/"exp":\d+/, `"exp":${date}`));
const signature = (change: (bytes: Buffer) => Uint8Array) => (renewed: Renewal) =>
  withSegment(renewed.token, 2, (segment) => changeBytes(segment, change));
const plusL = (times: bigint) =>
  signature((s) => Buffer.concat([s.subarray(0, 32), toBytes(fromBytes(s.subarray(32)) + times * L)]));
const replacedR = (r: Uint8Array) => signature((s) => Buffer.concat([r, s.subarray(32)]));
const nextLetter = (s: string) => s.slice(0, -1) + String.fromCharCode((s.at(-1) as string).charCodeAt(0) + 1);
const middle = (s: string, inserted: string) => s.slice(0, 50) + inserted + s.slice(50);

const TEXTS: readonly (readonly [what: string, text: (renewed: Renewal) => string, code: string])[] = [
  ["1 empty", () => "", "MISSING"],
  ["2 more than 16 KiB", ({ claims }) => signed(JSON.stringify({ ...claims, pad: "x".repeat(16 * KIB) })), "MALFORMED"],
  ["3 two segments", ({ token }) => token.split(".").slice(0, 2).join("."), "MALFORMED"],
  ["4 four segments: the first three are the license", ({ token }) => `${token}.AAAA`, "OK"],
  ["5 padding, which is not part of it", ({ token }) => `${token}==`, "OK"],
  ["6 wrong trailing bits", ({ token }) => withSegment(token, 2, nextLetter), "MALFORMED"],
  ["7 white space inside, as mail programs wrap lines", ({ token }) => middle(token, " "), "OK"],
  ["8 the other alphabet", ({ token }) => withSegment(token, 1, (s) => `${s.slice(0, -2)}+/`), "SIGNATURE_INVALID"],
  ["9 a byte order mark before the bare token", ({ token }) => `\ufeff${token}`, "OK"],
  ["10 the same before armour, and CRLF: declared, so good", ({ token }) => crlf(armor("LICENSE", token)), "OK"],
  [
    "11 invalid UTF-8",
    ({ claims }) => signed(Buffer.from(JSON.stringify({ ...claims, iss: "\u00ff" }), "latin1")),
    "MALFORMED",
  ],
  ["12 a duplicate key", ({ claims }) => signed(JSON.stringify(claims).replace("{", '{"seq":9,')), "MALFORMED"],
  ["13 __proto__", ({ claims }) => signed(JSON.stringify(claims).replace("{", '{"__proto__":{},')), "MALFORMED"],
  ["14 an unsafe date", dated("9007199254740993"), "MALFORMED"],
  ["15 a float date", dated("1799999999.5"), "MALFORMED"],
  ["16 a string date", dated('"1799999999"'), "MALFORMED"],
  ["17 alg none", headed({ alg: "none" }), "MALFORMED"],
  ["18 HS256", headed({ alg: "HS256" }), "MALFORMED"],
  ["19 crit", headed({ crit: ["exp"] }), "MALFORMED"],
  ["20 b64", headed({ b64: false }), "MALFORMED"],
  ["21 jwk", headed({ jwk: { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } }), "MALFORMED"],
  ["22 jku", headed({ jku: "https://example.org/keys.json" }), "MALFORMED"],
  ["23 x5u", headed({ x5u: "https://example.org/key.pem" }), "MALFORMED"],
  ["24 an unknown kid", headed({ kid: "issuer-9" }), "KEY_UNKNOWN"],
  ["25 a kid like a path", headed({ kid: "../keys/issuer-1" }), "MALFORMED"],
  [
    "26 the right kid for another purpose",
    ({ claims }) => signToken(good.typ, claims, revocationIssuer),
    "KEY_UNKNOWN",
  ],
  ["27 a revocation list as a license", () => revocationToken(), "MALFORMED"],
  ["28 a flipped payload bit", ({ token }) => withSegment(token, 1, (s) => flipBit(s, 301)), "SIGNATURE_INVALID"],
  ["29 S + L", plusL(1n), "SIGNATURE_INVALID"],
  ["30 S + 2L", plusL(2n), "SIGNATURE_INVALID"],
  ["31 S + 4L", plusL(4n), "SIGNATURE_INVALID"],
  ["32 S + 8L", plusL(8n), "SIGNATURE_INVALID"],
  ["33 a signature of 63 bytes", signature((s) => s.subarray(0, 63)), "MALFORMED"],
  [
    "34 a signature of 65 bytes: what follows 64 is not part of it",
    signature((s) => Buffer.concat([s, Buffer.alloc(1)])),
    "OK",
  ],
  ["35 a small-order R", replacedR(encodeRaw(1n, 0n)), "SIGNATURE_INVALID"],
  ["36 a non-canonical R", replacedR(encodeRaw(P + 1n, 0n)), "SIGNATURE_INVALID"],
];

const crlf = (text: string) => `\ufeff${text.replaceAll("\n", "\r\n")}`;

describe("a license whose text is bad", () => {
  it.each(TEXTS)("%s", async (_what, text, code) => {
    const computer = await activated();
    expect(await dropped(computer, text(await renewal(computer)))).toBe(code);
    // Nothing was lost: the previous license still opens, or the good renewal does.
    expect((await restart(computer)).code).toBe("catalog");
  });
});

describe("a license under a bad key", () => {
  const forged = ({ token }: Renewal) =>
    withSegment(token, 2, () => Buffer.concat([encodeRaw(1n, 0n), Buffer.alloc(32)]).toString("base64url"));
  it.each([
    ["37 the identity", encodeRaw(1n, 0n)],
    ["38 the point of order 2", encodeRaw(P - 1n, 0n)],
    ["39 a point of order 4", encodeRaw(0n, 0n)],
    ["40 a key that is not canonical", encodeRaw(P + 1n, 0n)],
  ])("%s signs nothing, whatever it would verify", async (_what, publicKey) => {
    const computer = await activated();
    const roots = [...ROOTS.slice(1), { ...licenseIssuer.root, publicKey }];
    expect(await dropped(computer, forged(await renewal(computer)), roots)).toBe("SIGNATURE_INVALID");
  });

  it("41 that is retired", async () => {
    const computer = await activated();
    const roots = [...ROOTS.slice(1), { ...licenseIssuer.root, retired: true }];
    expect(await dropped(computer, (await renewal(computer)).token, roots)).toBe("KEY_UNKNOWN");
  });
});

describe("a license that policy refuses", () => {
  it.each<[string, Partial<LicenseClaims>, string]>([
    ["42 for another audience", { aud: "another-product" }, "WRONG_PRODUCT"],
    ["43 from a day to come", { nbf: NOW + 1 }, "NOT_YET_VALID"],
    ["44 one second before its end", { exp: NOW + 1, grace: 0 }, "OK"],
    ["45 at its end, without grace", { exp: NOW, grace: 0 }, "EXPIRED"],
    ["46 in its last second of grace", { exp: NOW - HOUR, grace: HOUR + 1 }, "GRACE"],
    ["47 at the end of its grace", { exp: NOW - HOUR, grace: HOUR }, "EXPIRED"],
  ])("%s", async (_what, overrides, code) => {
    const computer = await activated();
    expect(await dropped(computer, (await renewal(computer, overrides)).token)).toBe(code);
  });

  it.each([
    ["48 for another stick", { stick: testId("other") }, "WRONG_STICK"],
    ["48 for another computer", { device: "A".repeat(43) }, "WRONG_DEVICE"],
  ])("%s", async (_what, elsewhere, code) => {
    const computer = await activated();
    const { claims } = await renewal(computer);
    const bound = signToken(good.typ, { ...claims, bind: { ...claims.bind, ...elsewhere } }, licenseIssuer);
    expect(await dropped(computer, bound)).toBe(code);
  });

  it("49 that is revoked", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 2, licenses: [LICENSE_ID] }));
    expect(await dropped(computer, (await renewal(computer)).token)).toBe("REVOKED");
  });

  it("50 whose key is revoked", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 2, keys: [licenseIssuer.root.kid] }));
    expect(await dropped(computer, (await renewal(computer)).token)).toBe("REVOKED");
  });

  it("51 with an older revocation list, after a newer one was used", async () => {
    const computer = await activated();
    putRevocations(computer.stick, revocationToken({ seq: 3 }));
    expect((await restart(computer)).code).toBe("catalog");
    putRevocations(computer.stick, revocationToken({ seq: 2 }));
    rmSync(join(computer.data, "revocations.uvvrev"));
    expect(await dropped(computer, (await renewal(computer)).token)).toBe("ROLLED_BACK");
  });
});

describe("the state of the computer", () => {
  const file = ({ data }: Activated) => join(data, "ledger", "ledger.json");
  const entry = "ledger/1";

  it("52 a lower seq", async () => {
    const computer = await activated();
    expect(await dropped(computer, (await renewal(computer, { seq: 4 })).token)).toBe("ROLLED_BACK");
  });

  it("53 an equal seq with another payload", async () => {
    const computer = await activated();
    const twin = await renewal(computer, { seq: 5, sub: "customer-0043" });
    expect(await dropped(computer, twin.token)).toBe("ROLLED_BACK");
  });

  it.each<[string, (computer: Activated, earlier: { file: string; entry: string }) => void, string, string]>([
    ["54 sealed file deleted: repaired", (c) => rmSync(file(c)), "catalog", "ROLLED_BACK"],
    ["55 keychain entry deleted", (c) => c.secrets.secrets.delete(entry), "STATE_LOST", "STATE_LOST"],
    [
      "56 both deleted",
      (c) => {
        rmSync(file(c));
        c.secrets.secrets.delete(entry);
      },
      "STATE_LOST",
      "STATE_LOST",
    ],
    [
      "57 file restored from a backup: repaired",
      (c, earlier) => writeFileSync(file(c), earlier.file),
      "catalog",
      "ROLLED_BACK",
    ],
    [
      "58 keychain restored from a backup: repaired",
      (c, earlier) => void c.secrets.secrets.set(entry, earlier.entry),
      "catalog",
      "ROLLED_BACK",
    ],
    ["59 keychain locked", (c) => void (c.secrets.fault = "STORE_LOCKED"), "STORE_LOCKED", "STORE_LOCKED"],
    ["60 no secret service", (c) => void (c.secrets.fault = "STORE_NONE"), "STORE_NONE", "STORE_NONE"],
  ])("%s", async (_what, harm, opens, olderLicense) => {
    const computer = await activated();
    const old = (await renewal(computer, { seq: 5 })).token;
    const earlier = { file: readFileSync(file(computer), "utf8"), entry: computer.secrets.secrets.get(entry) ?? "" };
    expect(await dropped(computer, (await renewal(computer)).token)).toBe("OK");
    // Its copy on the stick would reveal it: without the copy the computer's own two witnesses decide.
    rmSync(join(computer.stick, "VAULT", "ledger"), { recursive: true, force: true });
    harm(computer, earlier);
    expect((await restart(computer)).code).toBe(opens);
    expect(await dropped(computer, old)).toBe(olderLicense);
  });

  it("61 a crash between the two writes loses nothing and does not make an older license valid", async () => {
    const computer = await activated();
    const old = (await renewal(computer, { seq: 5 })).token;
    const { session } = await restart(computer);
    const { write } = computer.secrets;
    // The file is written and the keychain is not: the state that a process leaves if it ends at this point.
    Object.assign(computer.secrets, { write: async () => err("STORE_LOCKED") });
    const { token } = await renewal(computer);
    await session.importLicense(token);
    await session.close();
    Object.assign(computer.secrets, { write });
    expect(await dropped(computer, old)).toBe("ROLLED_BACK");
    expect(await dropped(computer, token)).toBe("OK");
  });

  it("62 of two instances, the one that knows less lowers no counter", async () => {
    const computer = await activated();
    const [one, other] = [await restart(computer), await restart(computer)];
    const [sixth, seventh] = [await renewal(computer), await renewal(computer, { seq: 7 })];
    expect(await other.session.importLicense(seventh.token)).toMatchObject({ ok: true });
    // The first one started earlier, and remembers less.
    expect(await one.session.importLicense(sixth.token)).toMatchObject({ ok: true });
    await Promise.all([one.session.close(), other.session.close()]);
    expect(await dropped(computer, sixth.token)).toBe("ROLLED_BACK");
  });
});

describe("the surroundings", () => {
  it("63 the clock 25 hours back is refused, and good again once it is right", async () => {
    const computer = await activated();
    computer.clock.now = NOW - DAY - 25 * HOUR;
    expect((await restart(computer)).code).toBe("CLOCK");
    computer.clock.now = NOW;
    expect((await restart(computer)).code).toBe("catalog");
  });

  it("64 a read-only stick opens", async () => {
    const computer = await activated();
    rmSync(join(computer.stick, "VAULT", "ledger"), { recursive: true, force: true });
    // Nothing can be written in place of the copy: this also applies to root, whom permissions do not stop.
    writeFileSync(join(computer.stick, "VAULT", "ledger"), "");
    const { session, code, logged } = await restart(computer);
    expect(code).toBe("catalog");
    expect(await session.importLicense((await renewal(computer)).token)).toMatchObject({ ok: true });
    await session.close();
    expect(logged.some((line) => line.includes("ledger.no-copy"))).toBe(true);
  });

  it("65 a stick that is removed during verification is reported as no stick, not as a refusal of the license", async () => {
    const computer = await activated();
    const away = join(computer.data, "pulled");
    cpSync(computer.stick, away, { recursive: true });
    const starting = restart(computer);
    rmSync(computer.stick, { recursive: true });
    const { session, logged } = await starting;
    expect(logged.filter((line) => line.includes("license.refused"))).toEqual([]);
    await session.close();
    cpSync(away, computer.stick, { recursive: true });
    expect((await restart(computer)).code).toBe("catalog");
  });

  // With a real drive, program and window: test/e2e/imaged-stick.test.ts.
  it("66 a cloned stick with another serial number is refused, the same drive formatted again is not", async () => {
    const computer = await activated();
    const drive = { usb: true, serial: "4C530001", volume: "1234abcd", partition: "1a2b3c4d-01", removable: true };
    computer.hardware.stick = drive;
    const { claims } = await renewal(computer);
    const bind = { ...claims.bind, stickMarks: stickFingerprintOf(MARK_KEY, drive) };
    expect(await dropped(computer, signToken(good.typ, { ...claims, bind }, licenseIssuer))).toBe("OK");
    computer.hardware.stick = { ...drive, serial: "4C530002" };
    expect((await restart(computer)).code).toBe("WRONG_STICK");
    computer.hardware.stick = { ...drive, volume: "99999999", partition: undefined };
    expect((await restart(computer)).code).toBe("catalog");
  });
});
