import { describe, expect, it } from "vitest";
import { applyKeyManifest, type TrustRoot } from "../../../src-shared/jws/index.ts";
import { judgeLicense } from "../../../src-shared/license/index.ts";
import { EMPTY_LEDGER } from "../../../src-shared/ledger/index.ts";
import {
  keyManifestToken as manifest,
  KEYS_AFTER_ROTATION,
  licenseIssuer,
  licenseToken,
  listed,
  nextIssuer,
  NOW,
  parent,
  revocationIssuer,
  ROOTS as ISSUER_ROOTS,
  signToken,
  SURROUNDINGS,
  vaultPublisher,
} from "../../fakes/issuer.ts";
import { type TestKey, testKey } from "../../fakes/test-keys.ts";
import { flipBit, withSegment } from "../license/cases.ts";

const ROOTS = [parent.root, ...ISSUER_ROOTS];
const START = { generation: 0, sequence: 0 };

const AFTER = KEYS_AFTER_ROTATION;
const apply = (text: string, head = START, roots: readonly TrustRoot[] = ROOTS) => applyKeyManifest(roots, text, head);

describe("a key manifest", () => {
  it("replaces all keys except the parents, and returns its counter and time", () => {
    expect(apply(manifest())).toEqual({
      ok: true,
      value: {
        counter: { generation: 1, sequence: 3 },
        issued: NOW,
        roots: [
          parent.root,
          { ...licenseIssuer.root, retired: true },
          nextIssuer.root,
          revocationIssuer.root,
          vaultPublisher.root,
        ],
      },
    });
  });

  it("adds a new issuer and removes a stolen one", () => {
    const applied = apply(manifest());
    if (!applied.ok) throw new Error(applied.error);
    const judge = (roots: readonly TrustRoot[], key: TestKey) =>
      judgeLicense(licenseToken({}, key), roots, EMPTY_LEDGER, SURROUNDINGS).code;
    expect([judge(ROOTS, licenseIssuer), judge(ROOTS, nextIssuer)]).toEqual(["OK", "KEY_UNKNOWN"]);
    const { roots } = applied.value;
    expect([judge(roots, licenseIssuer), judge(roots, nextIssuer)]).toEqual(["KEY_UNKNOWN", "OK"]);
  });

  it("removes keys that it does not name", () => {
    const applied = apply(manifest({ keys: AFTER.slice(0, 3) }), START, ROOTS.slice(0, 3));
    expect(applied).toMatchObject({ ok: true });
    expect(applied.ok && applied.value.roots.some(({ role }) => role === "vault-publisher")).toBe(false);
  });

  it.each([
    ["a higher number", { generation: 1, sequence: 2 }, true],
    ["the same number", { generation: 1, sequence: 3 }, true],
    ["a lower number", { generation: 1, sequence: 4 }, false],
    ["a lower number of a newer parent", { generation: 0, sequence: 99 }, true],
    ["a higher number of an older parent", { generation: 2, sequence: 1 }, false],
  ])("of %s than was seen", (_what, head, accepted) => {
    const applied = apply(manifest(), head);
    expect(applied.ok || applied.error).toBe(accepted || "ROLLED_BACK");
  });

  it("from before the reader's own keys is refused, even if the reader remembers nothing", () => {
    const newer = testKey("issuer-3", "license-issuer", { generation: 3 });
    expect(apply(manifest(), START, [...ROOTS, newer.root])).toEqual({ ok: false, error: "ROLLED_BACK" });
  });

  it("does not make a key valid again that the reader knows to be retired", () => {
    const keys = [listed(licenseIssuer), listed(nextIssuer), listed(revocationIssuer), listed(vaultPublisher)];
    const roots = [parent.root, { ...licenseIssuer.root, retired: true }];
    const applied = apply(manifest({ keys }), START, roots);
    expect(applied.ok && applied.value.roots.find(({ kid }) => kid === "issuer-1")).toMatchObject({ retired: true });
  });

  const stranger = testKey("parent-x", "key-manifest");
  it.each<[string, string, string]>([
    ["of an unknown signer", manifest({}, stranger), "KEY_UNKNOWN"],
    [
      "of an unknown signer under the parent's name",
      manifest({}, testKey("x", "key-manifest", { kid: "parent-1" })),
      "SIGNATURE_INVALID",
    ],
    ["of a license issuer", manifest({}, licenseIssuer), "KEY_UNKNOWN"],
    [
      "of a license issuer under the parent's name",
      manifest({}, testKey("issuer-1", "license-issuer", { kid: "parent-1" })),
      "SIGNATURE_INVALID",
    ],
    ["with one bit changed", withSegment(manifest(), 1, (segment) => flipBit(segment, 300)), "SIGNATURE_INVALID"],
    ["of another type", signToken("uvv-license+jws", { v: 1, seq: 3, iat: NOW, keys: AFTER }, parent), "MALFORMED"],
    ["of another version", manifest({ v: 2 }), "MALFORMED"],
    ["of number 0", manifest({ seq: 0 }), "MALFORMED"],
    ["of a fractional number", manifest({ seq: 1.5 }), "MALFORMED"],
    ["without a time", manifest({ iat: undefined }), "MALFORMED"],
    ["without keys", manifest({ keys: [] }), "MALFORMED"],
    ["that adds a parent", manifest({ keys: [...AFTER, listed(stranger)] }), "MALFORMED"],
    ["that changes the parent", manifest({ keys: [...AFTER, listed(parent, { retired: true })] }), "MALFORMED"],
    ["that names a device", manifest({ keys: [...AFTER, { ...AFTER[0], "uvv:role": "device" }] }), "MALFORMED"],
    ["with a duplicate kid", manifest({ keys: [...AFTER, AFTER[0]] }), "MALFORMED"],
    ["with a private part", manifest({ keys: [{ ...AFTER[0], d: "x" }] }), "MALFORMED"],
    [
      "with an unusable point",
      manifest({ keys: [{ ...AFTER[0], x: Buffer.from([1, ...Array(31).fill(0)]).toString("base64url") }] }),
      "MALFORMED",
    ],
    [
      "with a key for release from a parent for development",
      manifest({ keys: [...AFTER.slice(1), listed(licenseIssuer, { dev: false })] }),
      "MALFORMED",
    ],
    ["with a line end", `${manifest()}\n`, "MALFORMED"],
    ["that is empty", "", "MALFORMED"],
  ])("is refused %s", (_what, text, error) => {
    expect(apply(text)).toEqual({ ok: false, error });
  });

  it("is refused if the parent is retired, or there is none", () => {
    expect(apply(manifest(), START, [{ ...parent.root, retired: true }, ...ROOTS.slice(1)])).toEqual({
      ok: false,
      error: "KEY_UNKNOWN",
    });
    expect(apply(manifest(), START, ROOTS.slice(1))).toEqual({ ok: false, error: "KEY_UNKNOWN" });
    expect(apply(manifest(), START, [])).toEqual({ ok: false, error: "KEY_UNKNOWN" });
  });
});
