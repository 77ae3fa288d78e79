import { parseBackupManifest, parseGenerationNote } from "../../src-ops/backup/backup-manifest.ts";
import { parseLockOwner } from "../../src-ops/keys/lock-owner.ts";
import { parsePasswordLock } from "../../src-ops/keys/protection/password-lock.ts";
import { parseSealedFile } from "../../src-ops/keys/protection/sealed-file.ts";
import { fromUtf8, utf8 } from "../../src-shared/encoding/text.ts";
import { licenseIssuer, signToken } from "../fakes/issuer.ts";

const asJson = (value: object) => [utf8(JSON.stringify(value))];
const id = "a".repeat(26);

const hash = "A".repeat(43);
const generation = { v: 1, issuer: "i", generation: 2, instance: id, iat: 1 };
const claims = {
  ...generation,
  number: 1,
  register: { lines: 0, hash },
  files: [{ path: "a/b", bytes: 1, sha256: hash }],
};

/** The files of a key folder, and of its backups. */
export const KEY_TARGETS = [
  {
    name: "lock-owner",
    run: (bytes: Uint8Array) => parseLockOwner(fromUtf8(bytes) ?? ""),
    seeds: asJson({ host: "a", pid: 1 }),
  },
  {
    name: "password-lock",
    run: parsePasswordLock,
    seeds: asJson({ v: 1, id, scrypt: { n: 2 ** 17, r: 8, p: 1 }, salt: "AAAA", key: "AAAA" }),
  },
  {
    name: "backup-manifest",
    run: (bytes: Uint8Array) => parseBackupManifest(bytes, [licenseIssuer.root]),
    seeds: [utf8(signToken("uvv-backup+jws", claims, licenseIssuer))],
  },
  {
    name: "generation-note",
    run: (bytes: Uint8Array) => parseGenerationNote(bytes, [licenseIssuer.root]),
    seeds: [utf8(signToken("uvv-generation+jws", { ...generation, id }, licenseIssuer))],
  },
  { name: "sealed-file", run: parseSealedFile, seeds: asJson({ v: 1, lock: id, kid: "k", sealed: "AAAA" }) },
];
