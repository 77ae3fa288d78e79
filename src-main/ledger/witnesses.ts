import { join } from "node:path";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import {
  compactRecord,
  type Finding,
  formatRecord,
  type KeychainFinding,
  type LedgerRecord,
  parseRecord,
  reconcile,
  type Reconciled,
} from "../../src-shared/ledger/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { replaceFile } from "./file-steps.ts";
import type { LedgerPorts } from "./ports.ts";
import { seal, SEAL_CHARS, SEAL_KEY_BYTES, type SealKey, type SealContext, unseal } from "./seal.ts";

const SECRET_NAME = "ledger/1";
/** Windows stores no larger value (CRED_MAX_CREDENTIAL_BLOB_SIZE). */
export const KEYCHAIN_BYTES: Bytes = 2560;

const KEY_CHARS = 43;
const RECORD_BYTES = KEYCHAIN_BYTES - KEY_CHARS - 1 - SEAL_CHARS;

const IN_FILE: SealContext = ["uvv-ledger-file/1"];
const IN_KEYCHAIN: SealContext = ["uvv-ledger-keychain/1"];

const compact = (record: LedgerRecord): LedgerRecord => compactRecord(record, RECORD_BYTES);

/** The combined result of both witnesses of this computer. The key is present whenever the state is `ready`. */
export type Read = { readonly outcome: Reconciled; readonly key: SealKey | undefined };

/** The keychain's entry and the sealed file. */

export function createWitnesses({ folder, secrets, files }: Pick<LedgerPorts, "folder" | "secrets" | "files">) {
  const path = join(folder, "ledger.json");

  async function readKeychain(): Promise<{ finding: KeychainFinding; key: SealKey | undefined }> {
    const secret = await secrets.read(SECRET_NAME);
    if (!secret.ok) {
      return { finding: { kind: secret.error === "STORE_LOCKED" ? "locked" : "none" }, key: undefined };
    }
    if (secret.value === null) return { finding: { kind: "absent" }, key: undefined };
    const key = fromBase64url(secret.value.slice(0, KEY_CHARS));
    if (key?.length !== SEAL_KEY_BYTES) return { finding: { kind: "bad" }, key: undefined };
    return { finding: findingOf(unseal(key, IN_KEYCHAIN, secret.value.slice(KEY_CHARS + 1))), key };
  }

  async function readFile(key: SealKey | undefined): Promise<Finding> {
    try {
      const bytes = await files.read(path);
      if (bytes === null) return { kind: "absent" };
      const text = fromUtf8(bytes);
      return findingOf(key && text !== undefined ? unseal(key, IN_FILE, text) : undefined);
    } catch (error) {
      // The file exists but cannot be read: that is not the same as an absent file.
      if (codeOf(error) === "") throw error;
      return { kind: "bad" };
    }
  }

  return {
    async read(): Promise<Read> {
      const { finding, key } = await readKeychain();
      return { outcome: reconcile(finding, await readFile(key), compact), key };
    },
    async writeFile(key: SealKey, record: LedgerRecord): Promise<Result<undefined, "STATE_NOT_WRITTEN">> {
      try {
        await replaceFile(files, folder, path, seal(key, IN_FILE, formatRecord(record)));
        return ok(undefined);
      } catch (error) {
        if (codeOf(error) === "") throw error;
        return err("STATE_NOT_WRITTEN");
      }
    },
    async removeFile(): Promise<Result<undefined, "STATE_NOT_WRITTEN">> {
      try {
        await files.remove(path);
        return ok(undefined);
      } catch (error) {
        if (codeOf(error) === "") throw error;
        return err("STATE_NOT_WRITTEN");
      }
    },
    writeKeychain(key: SealKey, record: LedgerRecord): ReturnType<LedgerPorts["secrets"]["write"]> {
      const sealed = seal(key, IN_KEYCHAIN, formatRecord(compact(record)));
      return secrets.write(SECRET_NAME, `${toBase64url(key)}.${sealed}`);
    },
  };
}

function findingOf(text: string | undefined): Finding {
  const record = text === undefined ? undefined : parseRecord(text);
  return record ? { kind: "good", record } : { kind: "bad" };
}
