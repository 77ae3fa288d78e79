import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TrustRoot, TrustRoots } from "../../../src-shared/jws/index.ts";
import {
  keyManifestToken,
  KEYS_AFTER_ROTATION,
  LICENSE_ID,
  licenseIssuer,
  listed,
  nextIssuer,
  NOW,
  parent,
  revocationIssuer,
  revocationToken,
  ROOTS as ISSUER_ROOTS,
  vaultPublisher,
} from "../../fakes/issuer.ts";
import { testKey } from "../../fakes/test-keys.ts";
import { deviceLicense } from "../../fakes/test-vault.ts";
import { activated, type Computer, putKeyManifest, putRevocations, restart } from "../session/session-fixture.ts";

const ROOTS: TrustRoots = [parent.root, ...ISSUER_ROOTS];
const KEYS_BEFORE = [licenseIssuer, revocationIssuer, vaultPublisher].map((key) => listed(key));
const start = (computer: Computer, roots = ROOTS) => restart(computer, { roots });
const kept = (computer: Computer) => join(computer.data, "keys.uvvkeys");
const onStick = (computer: Computer) => join(computer.stick, "VAULT", "keys.uvvkeys");

/**
 * A computer that has seen a stick whose manifest retires the first issuer (seq 3), and has a license of the next
 * issuer.
 */
async function rotated() {
  const computer = await activated(ROOTS);
  putKeyManifest(computer.stick, keyManifestToken());
  const { session, code } = await start(computer);
  expect(code).toBe("KEY_UNKNOWN");
  const license = await deviceLicense(computer.device, { seq: 6 }, nextIssuer);
  expect(await session.importLicense(license)).toMatchObject({ ok: true, value: { code: "OK" } });
  await session.close();
  return computer;
}

describe("a key manifest on a stick", () => {
  it("retires the issuer it replaces, and adds the next one", async () => {
    expect((await start(await rotated())).code).toBe("catalog");
  });

  it("is stored: on a stick without it the retired key stays retired", async () => {
    const computer = await rotated();
    rmSync(onStick(computer));
    const { session, code } = await start(computer);
    expect(code).toBe("catalog");
    const old = await deviceLicense(computer.device, { seq: 7 }, licenseIssuer);
    expect(await session.importLicense(old)).toEqual({ ok: false, error: "KEY_UNKNOWN" });
  });

  it("that is older than the stored one changes nothing, and is not an event for collectors", async () => {
    const computer = await rotated();
    putKeyManifest(computer.stick, keyManifestToken({ seq: 2, keys: KEYS_BEFORE }));
    const { code, logged } = await start(computer);
    expect(code).toBe("catalog");
    expect(logged.filter((line) => line.includes("keys."))).toEqual([]);
  });

  it("that is newer replaces the stored one, once", async () => {
    const computer = await rotated();
    const third = testKey("issuer-3", "license-issuer", { generation: 3 });
    const keys = [...KEYS_AFTER_ROTATION.slice(2), listed(nextIssuer, { retired: true }), listed(third)];
    putKeyManifest(computer.stick, keyManifestToken({ seq: 4, keys }));
    const first = await start(computer);
    expect(first.code).toBe("KEY_UNKNOWN");
    expect(first.logged).toContain('{"event":"keys.taken","generation":1,"seq":4}');
    expect(await first.session.importLicense(await deviceLicense(computer.device, { seq: 7 }, third))).toMatchObject({
      ok: true,
    });
    await first.session.close();
    const second = await start(computer);
    expect(second.code).toBe("catalog");
    expect(second.logged.filter((line) => line.includes("keys."))).toEqual([]);
  });

  it.each([
    ["nobody signed", (text: string) => `${text.slice(0, -6)}AAAAAA`, "SIGNATURE_INVALID"],
    ["an issuer signed", () => keyManifestToken({}, licenseIssuer), "KEY_UNKNOWN"],
    ["a stranger's parent signed", () => keyManifestToken({}, testKey("parent-x", "key-manifest")), "KEY_UNKNOWN"],
    ["is truncated", (text: string) => text.slice(0, 200), "MALFORMED"],
  ])("that %s is refused, and the previous keys stay in force", async (_, damage, refusal) => {
    const computer = await activated(ROOTS);
    const spoilt = damage(keyManifestToken());
    putKeyManifest(computer.stick, spoilt);
    const artefact = createHash("sha256").update(spoilt).digest("hex");
    const { code, logged } = await start(computer);
    expect(code).toBe("catalog");
    expect(logged).toContain(JSON.stringify({ event: "keys.refused", code: refusal, artefact }));
    expect(existsSync(kept(computer))).toBe(false);
  });

  it("has no effect on an app that was built with newer keys", async () => {
    const computer = await activated(ROOTS);
    putKeyManifest(computer.stick, keyManifestToken({ keys: KEYS_BEFORE }));
    const newer: TrustRoot[] = [parent.root, nextIssuer.root, revocationIssuer.root, vaultPublisher.root];
    const { session } = await start(computer, newer);
    const license = await deviceLicense(computer.device, { seq: 6 }, nextIssuer);
    expect(await session.importLicense(license)).toMatchObject({ ok: true });
  });
});

describe("the stored key manifest", () => {
  it.each([
    ["was removed", (path: string) => rmSync(path)],
    ["was restored to an older state", (path: string) => writeFileSync(path, keyManifestToken({ seq: 2 }))],
    ["was damaged", (path: string) => writeFileSync(path, "x")],
  ])("that %s leaves only the parents, until a stick provides it again", async (_, harm) => {
    const computer = await rotated();
    const manifest = readFileSync(kept(computer), "utf8");
    rmSync(onStick(computer));
    harm(kept(computer));
    const { session } = await start(computer);
    expect(session.screen()).toMatchObject({ stage: "no-stick", problem: "KEYS_LOST" });
    await session.close();
    putKeyManifest(computer.stick, manifest);
    expect((await start(computer)).code).toBe("catalog");
    expect(readFileSync(kept(computer), "utf8")).toBe(manifest);
  });

  it("that was removed is not replaced by an older one", async () => {
    const computer = await rotated();
    rmSync(kept(computer));
    putKeyManifest(computer.stick, keyManifestToken({ seq: 2 }));
    const { session } = await start(computer);
    expect(session.screen()).toMatchObject({ stage: "no-stick", problem: "KEYS_LOST" });
  });

  it("is not replaced by an older one while the keychain is locked", async () => {
    const computer = await rotated();
    const manifest = readFileSync(kept(computer), "utf8");
    computer.secrets.fault = "STORE_LOCKED";
    putKeyManifest(computer.stick, keyManifestToken({ seq: 2 }));
    await start(computer);
    expect(readFileSync(kept(computer), "utf8")).toBe(manifest);
  });

  it("that cannot be written applies in this session, and its counter does not rise without it", async () => {
    const computer = await activated(ROOTS);
    mkdirSync(kept(computer));
    putKeyManifest(computer.stick, keyManifestToken());
    const { session, code, logged } = await start(computer);
    expect(code).toBe("KEY_UNKNOWN");
    expect(logged.some((line) => line.includes('"keys.not-kept"'))).toBe(true);
    await session.close();
    rmSync(kept(computer), { recursive: true });
    rmSync(onStick(computer));
    expect((await start(computer)).code).toBe("catalog");
  });
});

it("causes a list that a retired key signed to revoke nothing", async () => {
  const computer = await activated(ROOTS);
  putRevocations(computer.stick, revocationToken({ seq: 3, licenses: [LICENSE_ID] }));
  expect((await start(computer)).code).toBe("REVOKED");
  const nextLists = testKey("revocations-2", "revocation-list", { generation: 2 });
  const keys = [licenseIssuer, vaultPublisher, nextLists].map((key) => listed(key));
  putKeyManifest(computer.stick, keyManifestToken({ keys: [...keys, listed(revocationIssuer, { retired: true })] }));
  putRevocations(computer.stick, revocationToken({ seq: 1, iat: NOW }, nextLists));
  expect((await start(computer)).code).toBe("catalog");
});
