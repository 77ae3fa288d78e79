import { describe, expect, it } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { parseTrustRoot } from "../../../src-shared/jws/index.ts";
import { licenseIssuer } from "../../fakes/issuer.ts";
import { testKeyFile } from "../../fakes/test-keys.ts";

const root = { ...licenseIssuer.root, role: "license-issuer" as const, generation: 3, retired: true };
const file = testKeyFile(root);
const parse = (content: unknown) => parseTrustRoot(utf8(JSON.stringify(content)));

describe("a public key file", () => {
  it("contains the key with the purpose it is bound to", () => {
    expect(parse(file)).toEqual({ ok: true, value: root });
  });

  it("is neither retired nor for development unless it says so", () => {
    const { "uvv:retired": _retired, "uvv:dev": _dev, ...plain } = file;
    expect(parse(plain)).toMatchObject({ ok: true, value: { retired: false, dev: false } });
  });

  const weak = Uint8Array.of(1, ...new Uint8Array(31));
  it.each([
    ["with a private part", { ...file, d: toBase64url(new Uint8Array(32)) }],
    ["with an empty private part", { ...file, d: "" }],
    ["with a null private part", { ...file, d: null }],
    ["of another curve", { ...file, crv: "X25519" }],
    ["of another key type", { ...file, kty: "EC" }],
    ["for encryption", { ...file, use: "enc" }],
    ["of another algorithm", { ...file, alg: "ES256" }],
    ["without a role", { ...file, "uvv:role": undefined }],
    ["of an unknown role", { ...file, "uvv:role": "root" }],
    ["of the role of a device", { ...file, "uvv:role": "device" }],
    ["of generation 0", { ...file, "uvv:generation": 0 }],
    ["of a fractional generation", { ...file, "uvv:generation": 1.5 }],
    ["retired by a text instead of a boolean", { ...file, "uvv:retired": "no" }],
    ["with a path as a kid", { ...file, kid: "../keys/k" }],
    ["with an empty kid", { ...file, kid: "" }],
    ["with a padded key", { ...file, x: `${file.x}=` }],
    ["with a short key", { ...file, x: toBase64url(root.publicKey.subarray(1)) }],
    ["with a key of small order", { ...file, x: toBase64url(weak) }],
    ["with a non-canonical key", { ...file, x: toBase64url(new Uint8Array(32).fill(255)) }],
    ["that is a list", [file]],
    ["that is null", null],
  ])("is refused %s", (_name, content) => {
    expect(parse(content)).toEqual({ ok: false, error: "BAD_KEY" });
  });

  it("is refused with a duplicate member", () => {
    const text = JSON.stringify(file).replace("{", '{"uvv:role":"vault-publisher",');
    expect(parseTrustRoot(utf8(text))).toEqual({ ok: false, error: "BAD_KEY" });
  });
});
