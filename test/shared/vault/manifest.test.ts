import { describe, expect, it } from "vitest";
import { generationOf, MANIFEST_PROFILE, parseManifest, partName } from "../../../src-shared/vault/index.ts";
import { GIB, MIB } from "../../../src-shared/units.ts";
import {
  licenseIssuer,
  manifestClaims,
  manifestToken,
  ROOTS,
  signRaw,
  signToken,
  vaultPublisher,
} from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { flipBit, withSegment } from "../license/cases.ts";

const part = { size: 100, sha256: "A".repeat(43) };
const file = (name: string, parts = [part]) => ({ id: testId(name), parts });
const files = [file("a"), file("b", [{ ...part, size: GIB }, part])];
const token = manifestToken({ gen: 3, files });
const signed = (members: object) =>
  signToken(MANIFEST_PROFILE.typ, { ...manifestClaims({ gen: 3, files }), ...members }, vaultPublisher);

describe("a manifest", () => {
  it("yields its claims and its counter", () => {
    const newer = testKey("publisher-2", "vault-publisher", { generation: 2 });
    expect(parseManifest(token, 3, ROOTS)).toEqual({
      ok: true,
      value: { claims: manifestClaims({ gen: 3, files }), counter: { generation: 1, sequence: 3 } },
    });
    expect(parseManifest(manifestToken({ gen: 3 }, newer), 3, [newer.root])).toMatchObject({
      value: { counter: { generation: 2, sequence: 3 } },
    });
  });

  it.each([
    ["signed by a license issuer", manifestToken({ gen: 3 }, licenseIssuer), "KEY_UNKNOWN"],
    ["signed by an unknown signer", manifestToken({ gen: 3 }, testKey("x", "vault-publisher")), "KEY_UNKNOWN"],
    [
      "signed by an unknown signer under the publisher's name",
      manifestToken({ gen: 3 }, testKey("x", "vault-publisher", { kid: "publisher-1" })),
      "SIGNATURE_INVALID",
    ],
    ["edited", withSegment(token, 1, (segment) => flipBit(segment, 300)), "SIGNATURE_INVALID"],
    ["of another typ", signToken("uvv-license+jws", manifestClaims({ gen: 3 }), vaultPublisher), "MALFORMED"],
    ["of another generation than its file name", manifestToken({ gen: 2 }), "MALFORMED"],
    ["of a higher generation than its file name", manifestToken({ gen: 4 }), "MALFORMED"],
    ["with a file listed twice", signed({ files: [file("a"), file("b"), file("a")] }), "MALFORMED"],
    [
      "with a duplicate member",
      signRaw(
        JSON.stringify({ alg: "EdDSA", kid: "publisher-1", typ: MANIFEST_PROFILE.typ }),
        JSON.stringify(manifestClaims({ gen: 3 })).replace("{", '{"gen":9,'),
        vaultPublisher,
      ),
      "MALFORMED",
    ],
    ["followed by a line break", `${token}\n`, "MALFORMED"],
    ["that is empty", "", "MALFORMED"],
    ["of another version", signed({ v: 2 }), "MALFORMED"],
    ["without a stick", signed({ stickId: undefined }), "MALFORMED"],
    ["without a key for marks", signed({ markKey: undefined }), "MALFORMED"],
    ["with a short key for marks", signed({ markKey: "A".repeat(42) }), "MALFORMED"],
    [
      "with a file id that leads out of its folder",
      signed({ files: [{ ...file("a"), id: "../../../../../../etc/passw" }] }),
      "MALFORMED",
    ],
    [
      "with a file id in upper case, another file of the same name on FAT",
      signed({ files: [{ ...file("a"), id: testId("a").toUpperCase() }] }),
      "MALFORMED",
    ],
    ["with a file without parts", signed({ files: [file("a", [])] }), "MALFORMED"],
    [
      "with a file of 1001 parts",
      signed({
        files: [
          file(
            "a",
            Array.from({ length: 1001 }, () => part),
          ),
        ],
      }),
      "MALFORMED",
    ],
    ["with an empty part", signed({ files: [file("a", [{ ...part, size: 0 }])] }), "MALFORMED"],
    ["with a part above 1 GiB", signed({ files: [file("a", [{ ...part, size: GIB + 1 }])] }), "MALFORMED"],
    ["with a fractional size", signed({ files: [file("a", [{ ...part, size: 1.5 }])] }), "MALFORMED"],
    ["with a short hash", signed({ files: [file("a", [{ ...part, sha256: "AAAA" }])] }), "MALFORMED"],
    [
      "with a non-canonical hash",
      signed({ files: [file("a", [{ ...part, sha256: `${"A".repeat(42)}B` }])] }),
      "MALFORMED",
    ],
    ["with a catalog above 64 MiB", signed({ catalog: { ...part, size: 64 * MIB + 1 } }), "MALFORMED"],
    ["with a negative minSeq", signed({ minSeq: -1 }), "MALFORMED"],
    ["with an empty label", signed({ label: "" }), "MALFORMED"],
    ["with a label of 101 characters", signed({ label: "x".repeat(101) }), "MALFORMED"],
  ])("is refused %s", (_name, text, error) => {
    expect(parseManifest(text, 3, ROOTS)).toEqual({ ok: false, error });
  });

  it("counts the label in code points", () => {
    const read = (label: string) => parseManifest(signed({ label }), 3, ROOTS);
    expect(read("\u{1f3ac}".repeat(100))).toMatchObject({
      ok: true,
      value: { claims: { label: "\u{1f3ac}".repeat(100) } },
    });
    expect(read("\u{1f3ac}".repeat(101))).toEqual({ ok: false, error: "MALFORMED" });
  });

  it("yields a label that is safe to show, whatever an older tool signed", () => {
    const read = parseManifest(signed({ label: "one\ntwo \u202eevil" }), 3, ROOTS);
    expect(read).toMatchObject({ ok: true, value: { claims: { label: "one\ufffdtwo \ufffdevil" } } });
  });

  it("is refused with every key that is retired", () => {
    expect(parseManifest(token, 3, [{ ...vaultPublisher.root, retired: true }])).toEqual({
      ok: false,
      error: "KEY_UNKNOWN",
    });
  });
});

describe("names on a stick", () => {
  it.each([
    ["manifest.1.jws", 1],
    ["manifest.9999999999.jws", 9_999_999_999],
    ["manifest.0.jws", undefined],
    ["manifest.01.jws", undefined],
    ["manifest.10000000000.jws", undefined],
    ["manifest.-1.jws", undefined],
    ["manifest.1e3.jws", undefined],
    ["manifest.1.JWS", undefined],
    ["MANIFEST.1.jws", undefined],
    ["manifest.1.jws\n", undefined],
    ["manifest.1.jws.tmp", undefined],
    ["._manifest.1.jws", undefined],
    ["manifest.1.uvv", undefined],
    ["manifest..jws", undefined],
    ["manifest.\u0661.jws", undefined],
  ])("read %j as generation %s", (name, gen) => {
    expect(generationOf(name)).toBe(gen);
  });

  it("number parts with three digits", () => {
    expect([0, 7, 42, 999].map(partName)).toEqual(["000", "007", "042", "999"]);
  });
});
