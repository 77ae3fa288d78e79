import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { applyKeyManifest, parseTrustRoot, type TrustRoot } from "../../src-shared/jws/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import {
  judgeLicense,
  parseActivationRequest,
  parseReturnProof,
  parseRevocations,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import { deviceFingerprintOf, stickFingerprintOf } from "../../src-shared/node/hardware-fingerprint.ts";
import type { DeviceReading, DriveReading } from "../../src-shared/hardware/index.ts";
import { deviceIdOf, openOnDevice } from "../../src-shared/node/device-sealing.ts";
import { passphraseKey, unwrapKey } from "../../src-shared/node/vault-keys.ts";
import { openVault, openVaultFile, partsOf, readCatalog, unwrapFileKey } from "../../src-shared/node/vault-reader.ts";
import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";
import { openContainerStream } from "../fakes/container-stream.ts";
import { SURROUNDINGS } from "../fakes/issuer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { testSeed } from "../fakes/test-keys.ts";
import { FROZEN, makeVectors } from "./make.ts";

type Hardware = {
  readonly computer: Omit<DeviceReading, "net"> & { net: string };
  readonly drive: DriveReading;
  readonly markKey: string;
};

const PYTHON = "/usr/bin/python3";
const VECTORS =
  "container license stick keys content-pack app-on-stick license-members stick-members stick-sections stick-protection license-protection stick-hidden-titles stick-storyboard feed telemetry-signed promotion key-folder";
const text = (name: string) => readFileSync(join(FROZEN, name), "utf8");
const read = (name: string) => JSON.parse(text(name)) as Record<string, never>;

function rootOf(jwk: unknown): TrustRoot {
  const root = parseTrustRoot(utf8(JSON.stringify(jwk)));
  if (!root.ok) throw new Error(root.error);
  return root.value;
}

describe("the frozen vectors", () => {
  it("are what the code produces today, byte for byte", async () => {
    const made = await makeVectors();
    expect(Object.keys(made)).toEqual([
      "container.json",
      "license.json",
      "stick.json",
      "keys.json",
      "content-pack.json",
      "app-on-stick.json",
    ]);
    for (const [name, content] of Object.entries(made)) expect(content, name).toBe(text(name));
  });

  it("contain containers that open", async () => {
    const { keyPhrase, context, short, empty } = read("container.json") as unknown as Record<
      "keyPhrase" | "context",
      string
    > &
      Record<"short" | "empty", { clear: string; container: string }>;
    for (const { clear, container } of [short, empty]) {
      const given: Uint8Array[] = [];
      const stream = openContainerStream([Buffer.from(container, "hex")], testSeed(keyPhrase), utf8(context));
      for await (const chunk of stream) given.push(chunk.ok ? chunk.value : utf8(chunk.error));
      expect(Buffer.concat(given).toString()).toBe(clear);
    }
  });

  it("hold a valid license whose vault key opens on its device and by its passphrase", async () => {
    const vector = read("license.json") as unknown as Record<
      "license" | "payload" | "armored" | "devicePhrase" | "passphrase" | "vaultKeyPhrase",
      string
    >;
    const claims = JSON.parse(vector.payload) as { bind: { device: string } };
    const root = rootOf(read("license.json")["issuer"]);
    const { computer: licensed, drive, markKey } = read("license.json")["hardware"] as unknown as Hardware;
    const computer = { ...licensed, net: licensed.net.split(" ") };
    const deviceFingerprint = deviceFingerprintOf(testSeed(vector.devicePhrase), computer);
    const here = {
      ...SURROUNDINGS,
      device: claims.bind.device,
      deviceFingerprint,
      stickFingerprint: stickFingerprintOf(markKey, drive),
    };
    for (const form of [vector.license, vector.armored]) {
      const verdict = judgeLicense(form, [root], EMPTY_LEDGER, here);
      expect(verdict).toMatchObject({ code: "OK", unlock: "device", license: { claims } });
    }
    const imaged = { ...here, stickFingerprint: stickFingerprintOf(markKey, { ...drive, serial: "4C530002" }) };
    expect(judgeLicense(vector.license, [root], EMPTY_LEDGER, imaged).code).toBe("WRONG_STICK");
    const copied = {
      ...here,
      deviceFingerprint: deviceFingerprintOf(testSeed(vector.devicePhrase), { ...computer, os: "", disk: "" }),
    };
    expect(judgeLicense(vector.license, [root], EMPTY_LEDGER, copied)).toMatchObject({ unlock: "passphrase" });
    const verdict = judgeLicense(vector.license, [root], EMPTY_LEDGER, here);
    if (verdict.code !== "OK") throw new Error(verdict.code);
    const { iss, lid, seq, vaults, bind } = verdict.license.claims;
    const context = { issuer: iss, licenseId: lid, seq, vaultId: vaults[0]!.id, stickId: bind.stick };
    const { device, passphrase } = vaults[0]!.kek;
    const kek = Buffer.from(testSeed(vector.vaultKeyPhrase));

    const onDevice = await openOnDevice(
      testSeed(vector.devicePhrase),
      device!,
      kekInfo({ ...context, device: here.device }),
    );
    expect(kek.equals(onDevice!)).toBe(true);
    const wrapping = await passphraseKey(vector.passphrase, fromBase64url(passphrase!.salt)!, passphrase!);
    expect(kek.equals(unwrapKey(wrapping, passphrase!.sealed, kekInfo({ ...context, device: "" }))!)).toBe(true);
  });

  it("hold a valid revocation list and a valid request", () => {
    const { revocationIssuer, revocations, request } = read("license.json");
    expect(parseRevocations(revocations!, [rootOf(revocationIssuer)])).toMatchObject({
      ok: true,
      value: { counter: { sequence: 3 } },
    });
    const parsed = parseActivationRequest(request!);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(deviceIdOf(fromBase64url(parsed.value.x25519)!)).toBe(parsed.value.device);
  });

  it("hold a key manifest that adds one key and retires another, and a return proof", () => {
    const { parent, keys, licenseOfNextKey, device, return: proof, returned } = read("keys.json");
    const { issuer, license, revocationIssuer } = read("license.json");
    const publisher = read("stick.json")["publisher"];
    const roots = [parent, issuer, revocationIssuer, publisher].map(rootOf);
    const applied = applyKeyManifest(roots, keys!, { generation: 0, sequence: 0 });
    if (!applied.ok) throw new Error(applied.error);
    const codes = [license!, licenseOfNextKey!].map((token) => verifyLicense(token, applied.value.roots));
    expect(codes.map((verified) => verified.ok || verified.error)).toEqual(["KEY_UNKNOWN", true]);
    expect(parseReturnProof(proof!, fromBase64url(device!)!)).toEqual({ ok: true, value: returned });
  });

  it.skipIf(spawnSync(PYTHON, ["-c", "import cryptography"]).status !== 0)(
    "are read by a Python program written only from the format pages (needs python3-cryptography)",
    () => {
      const { status, stdout, stderr } = spawnSync(PYTHON, [join(FROZEN, "..", "reader.py")], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(stdout.trim().split("\n")).toEqual(VECTORS.split(" ").map((name) => `${name}: as the pages say`));
      expect(status).toBe(0);
    },
  );

  it("contain a stick that opens and plays", async () => {
    const { files, publisher, vaultKeyPhrase, video } = read("stick.json") as unknown as {
      files: Record<string, string>;
      publisher: unknown;
      vaultKeyPhrase: string;
      video: string;
    };
    const root = temporaryFolder();
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), Buffer.from(content, "base64url"));
    }
    const vault = await openVault(root, [rootOf(publisher)]);
    if (!vault.ok) throw new Error(vault.error);
    const catalog = await readCatalog(vault.value, testSeed(vaultKeyPhrase));
    if (!catalog.ok) throw new Error(catalog.error);
    const { file } = catalog.value.catalog.videos[0]!;
    const unwrapped = unwrapFileKey(vault.value.manifest.claims.vaultId, catalog.value.keys, file, "video")!;
    const opened = await openVaultFile(partsOf(vault.value, file.id)!, unwrapped.key, unwrapped.context);
    if (!opened.ok) throw new Error(opened.error);
    const clear = await opened.value.read(0, opened.value.size);
    await opened.value.close();
    expect(clear.ok && Buffer.from(clear.value).toString()).toBe(video);
    expect(file.bytes).toBe(video.length);
  });
});
