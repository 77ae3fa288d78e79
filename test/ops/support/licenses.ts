import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { type LicenseClaims, verifyLicense } from "../../../src-shared/license/index.ts";
import { openOnDevice } from "../../../src-shared/node/device-sealing.ts";
import { passphraseKey, unwrapKey } from "../../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../../src-shared/vault/index.ts";
import type { Device } from "./device.ts";
import { type Answer, type Packed, succeed, vaultctl } from "./vaultctl.ts";
import { trustRootsOf, type PublisherFixture } from "./publisher-fixture.ts";

export type Issued = { lid: string; seq: number; exp: number; sub: string; out: string; entitlements: string[] };
export type Entry = { kind: string; lid: string; seq: number; sha256: string } & Record<string, unknown>;

/** Issues licenses for one packed stick, with new file names each time. */
export function openIssuingFixture(fixture: PublisherFixture, packed: Packed) {
  const { keys, stick } = fixture;
  let count = 0;
  const next = (ending: string) => fixture.path(`file-${++count}.${ending}`);
  const written = (ending: string, content: string) => {
    const path = next(ending);
    writeFileSync(path, content);
    return path;
  };

  function issue(...rest: string[]): Promise<Issued> {
    const location = ["--keys", keys, "--stick", stick, "--out", next("uvvlic")];
    return succeed<Issued>(["license", "issue", "--for", "C-0042", "--days", "30", ...location, ...rest]);
  }

  const check = (file: string, ...rest: string[]): Promise<Answer> =>
    vaultctl(["license", "check", file, "--stick", stick, "--trust", fixture.trust, ...rest, "--json"]);

  return {
    next,
    written,
    check,
    issue,
    request: (device: Device) => written("uvvreq", device.request(packed)),
    /** A command on the register: `license NAME ... --keys`. */
    command: (name: string, ...rest: string[]) => ["license", name, ...rest, "--keys", keys],
    claims: (file: string): LicenseClaims => claimsOf(fixture, file),
    entries: (): Entry[] =>
      readFileSync(join(keys, "register.jsonl"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { entry: Entry }).entry),
    audit: () => vaultctl(["license", "audit", "--keys", keys, "--json"]),
  };
}

function claimsOf(fixture: PublisherFixture, file: string): LicenseClaims {
  const license = verifyLicense(readFileSync(file, "utf8"), trustRootsOf(fixture));
  if (!license.ok) throw new Error(license.error);
  return license.value.claims;
}

/** The vault key that a license holds for a computer, or with a passphrase, in base64url. */
export async function openLicense(claims: LicenseClaims, by: Device | string): Promise<string | undefined> {
  const { iss, lid, seq, vaults, bind } = claims;
  const [vault] = vaults;
  const device = typeof by === "string" ? "" : by.id;
  const info = kekInfo({ issuer: iss, licenseId: lid, seq, vaultId: vault!.id, stickId: bind.stick, device });
  const kek =
    typeof by === "string" ? await withPassphrase(by) : await openOnDevice(by.privateKey, vault!.kek.device!, info);
  return kek && toBase64url(kek);

  async function withPassphrase(passphrase: string): Promise<Uint8Array | undefined> {
    const sealed = vault!.kek.passphrase!;
    return unwrapKey(await passphraseKey(passphrase, fromBase64url(sealed.salt)!, sealed), sealed.sealed, info);
  }
}
