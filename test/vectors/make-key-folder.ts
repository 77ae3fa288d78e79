// Makes the frozen key folder with a password: `node test/vectors/make-key-folder.ts`. Nothing in it is random.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { concatBytes } from "../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { seal } from "../../src-shared/node/aead.ts";
import { scryptKey } from "../../src-shared/node/vault-keys.ts";
import { licenseIssuer, NOW, signToken, VAULT_ID } from "../fakes/issuer.ts";
import { testId, testSeed } from "../fakes/test-keys.ts";
import { FROZEN, keyFile, SEEDS } from "./make.ts";

// Composed differently in the password that a reader is given: both are the same password.
const PASSWORD = "café du port, frozen";
const COST = { n: 2 ** 17, r: 8, p: 1 };

export async function makeKeyFolder(): Promise<string> {
  const [id, salt, folderKey] = [testId("key folder"), testSeed("password salt"), testSeed("folder key")];
  const wrapping = await scryptKey(utf8(PASSWORD.normalize("NFC")), salt, COST);
  const sealed = (key: Uint8Array, phrase: string, content: Uint8Array, about: string) => {
    const nonce = testSeed(phrase).subarray(0, 12);
    return toBase64url(concatBytes(nonce, seal(key, nonce, content, utf8(about))));
  };
  const lock = {
    v: 1,
    id,
    scrypt: COST,
    salt: toBase64url(salt),
    key: sealed(wrapping, "lock nonce", folderKey, `uvv-password/1 ${id}`),
  };
  const files = [
    { name: "license-issuer.jwk.json", kid: "issuer-1", content: '{"kid":"issuer-1","d":"a test key"}\n' },
    { name: `${VAULT_ID}.json`, kid: VAULT_ID, content: `{"v":1,"vaultId":"${VAULT_ID}","kek":"a test key"}\n` },
  ].map(({ name, kid, content }) => {
    const about = `uvv-private-file/1 ${id} ${name} ${kid}`;
    const file = { v: 1, lock: id, kid, sealed: sealed(folderKey, `nonce ${name}`, utf8(content), about) };
    return { name, kid, content, file };
  });
  const own = { v: 1, issuer: "harbour-films", generation: 2, instance: testId("instance"), iat: NOW };
  const restored = { kind: "generation", generation: 2, instance: own.instance, firstSeq: 1_417_223_000_001 };
  const backup = {
    ...own,
    number: 7,
    register: { lines: 31, hash: toBase64url(testSeed("head")) },
    files: [{ path: "register.jsonl", bytes: 4, sha256: toBase64url(createHash("sha256").update("line").digest()) }],
  };
  const backups = {
    issuer: keyFile(licenseIssuer, "license-issuer"),
    backup: signToken("uvv-backup+jws", backup, licenseIssuer),
    backupClaims: backup,
    generation: signToken("uvv-generation+jws", { ...own, id: testId("note") }, licenseIssuer),
    restored,
  };
  const vector = {
    ...backups,
    note: SEEDS,
    password: PASSWORD.normalize("NFD"),
    folderKeyPhrase: "folder key",
    lock,
    files,
  };
  return `${JSON.stringify(vector, null, 2)}\n`;
}

if (import.meta.main) await writeFile(join(FROZEN, "key-folder.json"), await makeKeyFolder());
