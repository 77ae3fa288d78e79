import * as fc from "fast-check";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { applyKeyManifest, KEY_MANIFEST_PROFILE } from "../../src-shared/jws/index.ts";
import {
  armor,
  type ArmorLabel,
  parseActivationRequest,
  parseReturnProof,
  parseRevocations,
  RETURN_TYP,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import type { Result } from "../../src-shared/result.ts";
import { DEVICE, LICENSE_ID, licenseToken, NOW, requestToken, revocationToken, ROOTS, signToken } from "./issuer.ts";
import { testKey, testKeyFile } from "./test-keys.ts";

/** A parser of attacker-controlled text, and a text that it accepts. */
export type HostileTarget = {
  readonly name: string;
  readonly parse: (text: string) => Result<unknown, string>;
  readonly genuine: string;
  readonly label: ArmorLabel | undefined;
};

const parent = testKey("parent-1", "key-manifest");
const device = testKey("device", "device");
const anchors = [parent.root, ...ROOTS];
const keys = ROOTS.map((root) => testKeyFile(root as Parameters<typeof testKeyFile>[0]));

export const TARGETS: readonly HostileTarget[] = [
  { name: "license", parse: (text) => verifyLicense(text, anchors), genuine: licenseToken(), label: "LICENSE" },
  {
    name: "request",
    parse: parseActivationRequest,
    genuine: requestToken(),
    label: "ACTIVATION REQUEST",
  },
  {
    name: "revocation list",
    parse: (text) => parseRevocations(text, anchors),
    genuine: revocationToken({ licenses: [LICENSE_ID], keys: ["issuer-1"] }),
    label: "REVOCATION LIST",
  },
  {
    name: "return proof",
    parse: (text) => parseReturnProof(text, device.root.publicKey),
    genuine: signToken(RETURN_TYP, { v: 1, lid: LICENSE_ID, seq: 5, device: DEVICE, iat: NOW }, device),
    label: "RETURN PROOF",
  },
  {
    name: "key manifest",
    parse: (text) => applyKeyManifest(anchors, text, { generation: 0, sequence: 0 }),
    genuine: signToken(KEY_MANIFEST_PROFILE.typ, { v: 1, seq: 1, iat: NOW, keys }, parent),
    label: undefined,
  },
];

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const letter = fc.nat(ALPHABET.length - 1).map((index) => ALPHABET.charAt(index));
const segment = fc.string({ unit: letter, maxLength: 120 });
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 }).map(toBase64url);

/**
 * Texts that no parser may accept, from noise to a genuine text with one character changed. `deep` of 100 reach the
 * signature check, which costs a thousand times as much as the rest.
 */
export function hostileTexts({ genuine, label }: HostileTarget, deep: number): fc.Arbitrary<string> {
  const [header, payload, signed] = genuine.split(".") as [string, string, string];
  const at = fc.nat(genuine.length - 1);
  const character = fc.oneof(letter, fc.constantFrom(".", "=", "+", "/", " ", "\n", "\u{0}", "é"));
  const shallow = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(segment, { maxLength: 5 }).map((parts) => parts.join(".")),
    // A correct header with arbitrary JSON as its payload, without a valid signature.
    fc.tuple(fc.json(), segment).map(([json, end]) => `${header}.${toBase64url(utf8(json))}.${end}`),
    fc.tuple(fc.json(), signature).map(([json, end]) => `${toBase64url(utf8(json))}.${payload}.${end}`),
    fc.tuple(at, at).map(([from, to]) => genuine.slice(from, to)),
    fc.tuple(fc.constantFrom(...TARGETS), fc.constantFrom(0, 1)).map(([other, part]) => {
      return genuine
        .split(".")
        .with(part, other.genuine.split(".")[part] as string)
        .join(".");
    }),
    ...(label ? [fc.tuple(segment, segment).map(([a, b]) => `${a}${armor(label, genuine).slice(0, -30)}${b}`)] : []),
  );
  const reaching = fc.oneof(
    fc.tuple(at, character).map(([index, other]) => `${genuine.slice(0, index)}${other}${genuine.slice(index + 1)}`),
    fc.tuple(at, character).map(([index, other]) => `${genuine.slice(0, index)}${other}${genuine.slice(index)}`),
    at.map((index) => `${genuine.slice(0, index)}${genuine.slice(index + 1)}`),
    fc.tuple(fc.json(), signature).map(([json, end]) => `${header}.${toBase64url(utf8(json))}.${end}`),
    signature.map((end) => `${header}.${payload}.${end}`),
    segment.map((body) => `${header}.${body}.${signed}`),
  );
  return fc
    .oneof({ arbitrary: shallow, weight: 100 - deep }, { arbitrary: reaching, weight: deep })
    .filter((text) => text !== genuine && !TARGETS.some((target) => target.genuine === text));
}
