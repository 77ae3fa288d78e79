import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compactVerify, CompactSign, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EMPTY_LEDGER } from "../../../src-shared/ledger/index.ts";
import {
  judgeLicense,
  LICENSE_PROFILE,
  type LicenseClaims,
  NO_REVOCATIONS,
  unarmor,
} from "../../../src-shared/license/index.ts";
import { type Device, newDevice } from "../support/device.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { type Packed, succeed } from "../support/vaultctl.ts";
import { openPublisherFixture, TIDES, trustRootsOf, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let device: Device;
let token: string;
let claims: LicenseClaims;
let privateJwk: JWK & { kid: string; d: string };
let publicJwk: JWK & { x: string };
beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  const publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
  const { out } = await publisher.issue("--request", publisher.request(device));
  const bare = unarmor("LICENSE", readFileSync(out, "utf8"));
  if (!bare.ok) throw new Error(bare.error);
  token = bare.value;
  claims = publisher.claims(out);
  const read = (folder: string) =>
    JSON.parse(readFileSync(join(fixture.keys, folder, "license-issuer.jwk.json"), "utf8"));
  [privateJwk, publicJwk] = [read("private"), read("public")];
});
afterAll(() => fixture.remove());

/** The app's verdict on a license text, on the computer and stick of the license. */
const judge = (text: string) =>
  judgeLicense(text, trustRootsOf(fixture), EMPTY_LEDGER, {
    now: claims.iat,
    appVersion: "1.0.0",
    vaultId: packed.vaultId,
    stickId: packed.stickId,
    minSeq: 0,
    manifest: { generation: 1, sequence: 1 },
    manifestHash: "A".repeat(43),
    device: device.id,
    deviceFingerprint: {},
    stickFingerprint: {},
    revocations: NO_REVOCATIONS,
  }).code;

const HEADER = { alg: "EdDSA", typ: LICENSE_PROFILE.typ };

describe("jose", () => {
  it("verifies a license with the unchanged public key file", async () => {
    const { payload, protectedHeader } = await compactVerify(token, await importJWK(publicJwk, "EdDSA"));
    expect(protectedHeader).toEqual({ ...HEADER, kid: privateJwk.kid });
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(claims);
  });

  it("refuses one with a changed payload", async () => {
    const [header, payload, signature] = token.split(".") as [string, string, string];
    const other = Buffer.from(JSON.stringify({ ...claims, ring: "ring0" })).toString("base64url");
    expect(other).not.toBe(payload);
    await expect(compactVerify(`${header}.${other}.${signature}`, await importJWK(publicJwk, "EdDSA"))).rejects.toThrow(
      "signature verification failed",
    );
  });

  async function signedByJose(header: object, body: object = claims): Promise<string> {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const signer = new CompactSign(bytes).setProtectedHeader({ ...HEADER, kid: privateJwk.kid, ...header });
    return signer.sign(await importJWK(privateJwk, "EdDSA"));
  }

  it("signs licenses that the app accepts", async () => {
    const made = await signedByJose({});
    expect(decodeProtectedHeader(made)).toEqual({ ...HEADER, kid: privateJwk.kid });
    expect(judge(made)).toBe("OK");
    expect(judge(token)).toBe("OK");
  });

  it.each([
    ["with the key in its header", { jwk: { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } }, "MALFORMED"],
    ["with an address for the key", { jku: "https://example.org/keys" }, "MALFORMED"],
    ["of another type", { typ: "JWT" }, "MALFORMED"],
    ["under an unknown key", { kid: "lic-unknown" }, "KEY_UNKNOWN"],
  ])("signs a license that the app refuses: %s", async (_what, header, code) => {
    expect(judge(await signedByJose(header))).toBe(code);
  });
});

const PYTHON = "/usr/bin/python3";

function whyNoPyJwt(): string | undefined {
  const { status } = spawnSync(PYTHON, ["-c", "import jwt, cryptography"]);
  return status === 0 ? undefined : "python3-jwt and python3-cryptography are not installed";
}

function python(job: object): { token: string; claims: object; header: object } {
  const { stdout, stderr, status } = spawnSync(PYTHON, [join(import.meta.dirname, "..", "support", "pyjwt.py")], {
    input: JSON.stringify(job),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ReturnType<typeof python>;
}

const why = whyNoPyJwt();
describe.skipIf(why)(`Python's jwt${why ? ` (${why})` : ""}`, () => {
  it("verifies a license", () => {
    const read = python({ do: "verify", token, x: publicJwk.x });
    expect(read).toEqual({ claims, header: { ...HEADER, kid: privateJwk.kid } });
  });

  it("refuses one with a changed payload", () => {
    const changed = token.split(".").with(1, Buffer.from(JSON.stringify({ ...claims, seq: 99 })).toString("base64url"));
    expect(() => python({ do: "verify", token: changed.join("."), x: publicJwk.x })).toThrow("InvalidSignatureError");
  });

  it("signs licenses that the app accepts", () => {
    const { d, kid } = privateJwk;
    expect(judge(python({ do: "sign", claims, d, kid, typ: LICENSE_PROFILE.typ }).token)).toBe("OK");
    expect(judge(python({ do: "sign", claims, d, kid, typ: "JWT" }).token)).toBe("MALFORMED");
  });
});
