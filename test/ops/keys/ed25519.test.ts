import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import nacl from "tweetnacl";
import { expect, it } from "vitest";
import { publicKeyOf } from "../../../src-ops/keys/ed25519.ts";
import { createSigner } from "../../../src-ops/keys/signer.ts";
import { testSeed } from "../../fakes/test-keys.ts";

const KEY = { kid: "lic-1", role: "license-issuer", dev: true } as const;

it("derives and signs as the app's own library does, byte for byte", () => {
  for (let length = 0; length < 200; length += 7) {
    const [seed, message] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(length))];
    const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(seed);
    expect(publicKeyOf(seed)).toEqual(publicKey);
    expect(createSigner(seed, KEY).sign(message)).toEqual(nacl.sign.detached(message, secretKey));
  }
});

it("the first test vector of RFC 8032 holds", () => {
  const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
  const signature =
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
  expect(Buffer.from(createSigner(seed, KEY).sign(new Uint8Array())).toString("hex")).toBe(signature);
});

it("a signer shows nothing of its key", () => {
  const seed = testSeed("shown");
  const shown = inspect(createSigner(seed, KEY), { depth: 10, showHidden: true });
  expect(shown).not.toContain(Buffer.from(seed).toString("hex").slice(0, 12));
  expect(shown).not.toContain(`${seed[0]}, ${seed[1]}, ${seed[2]}`);
  expect(JSON.stringify(createSigner(seed, KEY))).toBe(JSON.stringify(KEY));
});
