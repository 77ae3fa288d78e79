import { createHash } from "node:crypto";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { KEY_MANIFEST_PROFILE, type TrustRoots } from "../../src-shared/jws/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { KEYS_FILE } from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import {
  loadPublisher,
  type Publisher,
  publicKeysOf,
  readRevocations,
  revocationsPath,
  loadTrust,
} from "../keys/index.ts";
import {
  inspectRegister,
  licensesIn,
  type Register,
  registerPath,
  revokedIn,
  toBeListed,
  rotatedIn,
} from "../register/index.ts";
import { findEntryFaults } from "./register-faults.ts";

export type AuditReport = {
  readonly entries: number;
  readonly licenses: number;
  readonly revoked: number;
  /** One sentence for each fault; empty if the audit found none. */
  readonly faults: readonly string[];
};

/** Checks the register's hash chain, that no number or file occurs twice, and that the signed files match it. */
export async function audit(keys: string): Promise<Attempt<AuditReport>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const { folder } = publisher.value;
  const { fault, ...register } = await inspectRegister(folder);
  const licenses = licensesIn(register);
  const path = registerPath(folder);
  const faults = [
    ...(fault === undefined ? describeTornLine(path, register) : [`${fault}: restore the register from your backup`]),
    ...findEntryFaults(register.entries).map((what) => `${path}, ${what}`),
    ...(await checkSignedFiles(publisher.value, register)),
  ];
  const revoked = [...licenses.values()].filter((record) => record.revoked).length;
  return ok({ entries: register.entries.length, licenses: licenses.size, revoked, faults });
}

function describeTornLine(path: string, { torn, entries }: Register): string[] {
  if (!torn) return [];
  return [
    `${path}, line ${entries.length + 1} was never finished, and no file was delivered for it: ` +
      "the next entry replaces it; there is nothing else to do",
  ];
}

async function checkSignedFiles(publisher: Publisher, register: Register): Promise<string[]> {
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return [trust.error.message];
  return [
    ...(await checkRevocationList(publisher, register, trust.value.roots)),
    ...(await checkKeyManifest(publisher, register)),
  ];
}

const SIGN_AGAIN = "sign it again with `vaultctl license revoke --keys DIR`";

async function checkRevocationList(publisher: Publisher, register: Register, roots: TrustRoots): Promise<string[]> {
  const path = revocationsPath(publisher);
  const { seq, keys, sha256 } = revokedIn(register);
  const onDisk = await hashOfFile(path, MAX_ARMORED_CHARS);
  if (onDisk === undefined) return seq === 0 ? [] : [`${path} does not exist: ${SIGN_AGAIN}`];
  const list = await readRevocations(path, roots);
  if (!list) return [`${path} is not signed by the newest key: ${SIGN_AGAIN}`];
  const matches =
    onDisk === sha256 &&
    list.counter.sequence === seq &&
    [...toBeListed(register, list.issued)].every((lid) => list.licenses.has(lid)) &&
    isSameSet(list.keys, keys);
  return matches ? [] : [`${path} is not the list that the register holds (number ${seq}): restore your backup`];
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

async function checkKeyManifest(publisher: Publisher, register: Register): Promise<string[]> {
  const path = join(publicKeysOf(publisher), KEYS_FILE);
  const { seq, sha256 } = rotatedIn(register);
  if ((await hashOfFile(path, KEY_MANIFEST_PROFILE.maxBytes)) === sha256) return [];
  return [
    `${path} is not the key manifest that the register holds (number ${seq}): run \`vaultctl keys rotate\` again`,
  ];
}

async function hashOfFile(path: string, maxBytes: Bytes): Promise<string | undefined> {
  const bytes = await readSmallFile(path, maxBytes);
  return bytes && toBase64url(createHash("sha256").update(bytes).digest());
}
