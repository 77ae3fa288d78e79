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

let workshop: PublisherFixture;
beforeAll(async () => {
  workshop = await openPublisherFixture();
});
afterAll(() => workshop.remove());

type Jwk = Record<string, string>;
const readJwk = (...names: string[]) => JSON.parse(readFileSync(join(workshop.keys, ...names), "utf8")) as Jwk;

describe("keys init", () => {
  it("makes one public key for each role, which readers accept", () => {
    expect(trustRootsOf(workshop).map(({ role, dev, generation }) => ({ role, dev, generation }))).toEqual(
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

  it("lets only the owner read private files", () => {
    const files = readdirSync(join(workshop.keys, "private"), { recursive: true, encoding: "utf8" });
    expect(files).toContain(join("offline", "key-manifest.jwk.json"));
    for (const folder of ["", "offline", "vaults"]) {
      expect(statSync(join(workshop.keys, "private", folder)).mode & 0o777, folder).toBe(0o700);
    }
    for (const name of files.filter((file) => file.endsWith(".json"))) {
      expect(statSync(join(workshop.keys, "private", name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it("says that the parent key is to be kept apart", async () => {
    const answer = await vaultctl(["keys", "init", "--dir", workshop.path("words")]);
    expect(answer.stdout).toContain(`move ${workshop.path("words", "private", "offline")} to two safe places`);
  });

  it("refuses a folder that has keys, and leaves them as they were", async () => {
    const before = snapshot(workshop.keys);
    expect(await refusal(["keys", "init", "--dir", workshop.keys])).toBe("KEYS_EXIST");
    expect(snapshot(workshop.keys)).toEqual(before);
  });

  it("refuses a folder on a stick", async () => {
    const stick = workshop.newStick("with-vault");
    mkdirSync(join(stick, "VAULT"));
    expect(await refusal(["keys", "init", "--dir", join(stick, "deep", "keys")])).toBe("KEYS_ON_STICK");
    expect(existsSync(join(stick, "deep"))).toBe(false);
  });

  it("marks only development keys as such", async () => {
    const { keys } = await succeed<{ keys: { file: string }[] }>(["keys", "init", "--dir", workshop.path("release")]);
    expect(keys).toHaveLength(TRUST_ROLES.length);
    for (const { file } of keys) expect(readFileSync(file, "utf8")).not.toContain("uvv:dev");
  });
});

describe("a key folder", () => {
  it("is refused on the stick that it would pack", async () => {
    const stick = workshop.newStick("own-keys");
    await succeed(["keys", "init", "--dir", join(stick, "keys"), "--dev"]);
    expect(await refusal(["pack", "--stick", stick, "--keys", join(stick, "keys"), TIDES])).toBe("KEYS_ON_STICK");
  });

  it("is refused when a private key does not belong to its public part", async () => {
    const other = workshop.path("mixed");
    await succeed(["keys", "init", "--dir", other, "--dev"]);
    const file = join(other, "private", "vault-publisher.jwk.json");
    const { d } = readJwk("private", "vault-publisher.jwk.json");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as Jwk), d }));
    expect(await refusal(["pack", "--stick", workshop.stick, "--keys", other, TIDES])).toBe("KEYS_BROKEN");
  });
});

describe("trust", () => {
  it("is refused without any key, rather than passed", async () => {
    mkdirSync(workshop.path("empty"));
    await succeed(["pack", "--stick", workshop.stick, "--keys", workshop.keys, TIDES]);
    expect(await refusal(["verify", workshop.stick, "--trust", workshop.path("empty")])).toBe("NO_ANCHOR");
    expect(await refusal(["verify", workshop.stick, "--trust", workshop.path("nowhere")])).toBe("NO_ANCHOR");
  });

  it("is refused whole when one key file is bad", async () => {
    const folder = workshop.path("one-bad");
    mkdirSync(folder);
    for (const name of readdirSync(workshop.trust)) {
      writeFileSync(join(folder, name), readFileSync(join(workshop.trust, name)));
    }
    expect(await succeed(["verify", workshop.stick, "--trust", folder])).toMatchObject({ ok: true });
    writeFileSync(join(folder, "zz.jwk.json"), readFileSync(join(workshop.keys, "private", "license-issuer.jwk.json")));
    expect(await refusal(["verify", workshop.stick, "--trust", folder])).toBe("BAD_TRUST_KEY");
  });

  it("is never taken from the stick", async () => {
    const onStick = join(workshop.stick, "public");
    mkdirSync(onStick);
    for (const name of readdirSync(workshop.trust)) {
      writeFileSync(join(onStick, name), readFileSync(join(workshop.trust, name)));
    }
    expect(await refusal(["verify", workshop.stick, "--trust", onStick])).toBe("ANCHOR_ON_STICK");
  });

  it("in another publisher's keys opens nothing", async () => {
    await succeed(["keys", "init", "--dir", workshop.path("stranger"), "--dev"]);
    const trust = workshop.path("stranger", "public");
    expect(await refusal(["verify", workshop.stick, "--trust", trust])).toBe("VAULT_UNTRUSTED");
    expect(await refusal(["ls", workshop.stick, "--trust", trust])).toBe("VAULT_UNTRUSTED");
    const strange = ["add", "--stick", workshop.stick, "--keys", workshop.path("stranger"), TIDES];
    expect(await refusal(strange)).toBe("VAULT_UNTRUSTED");
  });
});
