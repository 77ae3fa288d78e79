import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import nacl from "tweetnacl";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { TRUST_ROLES } from "../../../src-shared/jws/index.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import {
  openPublisherFixture,
  snapshot,
  TIDES,
  trustRootsOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

type Jwk = Record<string, string>;
const readJwk = (...names: string[]) => JSON.parse(readFileSync(join(fixture.keys, ...names), "utf8")) as Jwk;

describe("keys init", () => {
  it("creates one public key for each role, which readers accept", () => {
    expect(trustRootsOf(fixture).map(({ role, dev, generation }) => ({ role, dev, generation }))).toEqual(
      TRUST_ROLES.toSorted().map((role) => ({ role, dev: true, generation: 1 })),
    );
  });

  it.each(TRUST_ROLES)("names the %s key by role and RFC 7638 thumbprint", (role) => {
    const jwk = readJwk("public", `${role}.jwk.json`);
    const required = JSON.stringify({ crv: jwk["crv"], kty: jwk["kty"], x: jwk["x"] });
    const thumbprint = createHash("sha256").update(required).digest("base64url");
    expect(jwk["kid"]).toMatch(/^(lic|rev|vlt|enr|par)-/);
    expect(jwk["kid"]?.slice(4)).toBe(thumbprint.slice(0, 16));
  });

  it.each(TRUST_ROLES)("keeps the private half of the %s key out of the public one", (role) => {
    const apart = role === "key-manifest" ? ["offline"] : [];
    const { d, ...publicPart } = readJwk("private", ...apart, `${role}.jwk.json`);
    expect(readJwk("public", `${role}.jwk.json`)).toEqual(publicPart);
    const pair = nacl.sign.keyPair.fromSeed(fromBase64url(d as string) as Uint8Array);
    expect(toBase64url(pair.publicKey)).toBe(publicPart["x"]);
  });

  it("creates private files that only the owner can read", () => {
    const files = readdirSync(join(fixture.keys, "private"), { recursive: true, encoding: "utf8" });
    expect(files).toContain(join("offline", "key-manifest.jwk.json"));
    for (const folder of ["", "offline", "vaults"]) {
      expect(statSync(join(fixture.keys, "private", folder)).mode & 0o777, folder).toBe(0o700);
    }
    for (const name of files.filter((file) => file.endsWith(".json"))) {
      expect(statSync(join(fixture.keys, "private", name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it("asks to move the parent key to offline storage", async () => {
    const answer = await vaultctl(["keys", "init", "--dir", fixture.path("words")]);
    expect(answer.stdout).toContain(`move ${fixture.path("words", "private", "offline")} to two safe places`);
  });

  it("refuses a folder that has keys, and leaves them unchanged", async () => {
    const before = snapshot(fixture.keys);
    expect(await refusal(["keys", "init", "--dir", fixture.keys])).toBe("KEYS_EXIST");
    expect(snapshot(fixture.keys)).toEqual(before);
  });

  it("refuses a folder on a stick", async () => {
    const stick = fixture.newStick("with-vault");
    mkdirSync(join(stick, "VAULT"));
    expect(await refusal(["keys", "init", "--dir", join(stick, "deep", "keys")])).toBe("KEYS_ON_STICK");
    expect(existsSync(join(stick, "deep"))).toBe(false);
  });

  it("marks only development keys as development keys", async () => {
    const { keys } = await succeed<{ keys: { file: string }[] }>(["keys", "init", "--dir", fixture.path("release")]);
    expect(keys).toHaveLength(TRUST_ROLES.length);
    for (const { file } of keys) expect(readFileSync(file, "utf8")).not.toContain("uvv:dev");
  });
});

describe("a key folder", () => {
  it("is refused if it is on the stick to pack", async () => {
    const stick = fixture.newStick("own-keys");
    await succeed(["keys", "init", "--dir", join(stick, "keys"), "--dev"]);
    expect(await refusal(["pack", "--stick", stick, "--keys", join(stick, "keys"), TIDES])).toBe("KEYS_ON_STICK");
  });

  it("is refused when a private key does not match its public part", async () => {
    const other = fixture.path("mixed");
    await succeed(["keys", "init", "--dir", other, "--dev"]);
    const file = join(other, "private", "vault-publisher.jwk.json");
    const { d } = readJwk("private", "vault-publisher.jwk.json");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as Jwk), d }));
    expect(await refusal(["pack", "--stick", fixture.stick, "--keys", other, TIDES])).toBe("KEYS_BROKEN");
  });
});

describe("trust", () => {
  it("is refused without any key", async () => {
    mkdirSync(fixture.path("empty"));
    await succeed(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
    expect(await refusal(["verify", fixture.stick, "--trust", fixture.path("empty")])).toBe("NO_ANCHOR");
    expect(await refusal(["verify", fixture.stick, "--trust", fixture.path("nowhere")])).toBe("NO_ANCHOR");
  });

  it("is refused if one key file is bad", async () => {
    const folder = fixture.path("one-bad");
    mkdirSync(folder);
    for (const name of readdirSync(fixture.trust)) {
      writeFileSync(join(folder, name), readFileSync(join(fixture.trust, name)));
    }
    expect(await succeed(["verify", fixture.stick, "--trust", folder])).toMatchObject({ ok: true });
    writeFileSync(join(folder, "zz.jwk.json"), readFileSync(join(fixture.keys, "private", "license-issuer.jwk.json")));
    expect(await refusal(["verify", fixture.stick, "--trust", folder])).toBe("BAD_TRUST_KEY");
  });

  it("is never taken from the stick", async () => {
    const onStick = join(fixture.stick, "public");
    mkdirSync(onStick);
    for (const name of readdirSync(fixture.trust)) {
      writeFileSync(join(onStick, name), readFileSync(join(fixture.trust, name)));
    }
    expect(await refusal(["verify", fixture.stick, "--trust", onStick])).toBe("ANCHOR_ON_STICK");
  });

  it("in another publisher's keys does not open a stick", async () => {
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    const trust = fixture.path("stranger", "public");
    expect(await refusal(["verify", fixture.stick, "--trust", trust])).toBe("VAULT_UNTRUSTED");
    expect(await refusal(["ls", fixture.stick, "--trust", trust])).toBe("VAULT_UNTRUSTED");
    const strange = ["add", "--stick", fixture.stick, "--keys", fixture.path("stranger"), TIDES];
    expect(await refusal(strange)).toBe("VAULT_UNTRUSTED");
  });
});
