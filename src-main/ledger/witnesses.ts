import { createHash } from "node:crypto";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import {
  type FileFinding,
  type LedgerRecord,
  reconcile,
  type Reconciled,
  textForDigest,
} from "../../src-shared/ledger/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { replaceFile } from "./file-steps.ts";
import { composeEntry, composeFile, type Entry, parseEntry, parseFile } from "./formats.ts";
import type { LedgerPorts } from "./ports.ts";
import type { SealKey } from "./seal.ts";

const SECRET_NAME = "ledger/1";

/** A record with the key of its seals, and the folder of its sealed file. */
export type SealedRecord = { readonly key: SealKey; readonly record: LedgerRecord; readonly folder: string };

const pathIn = (folder: string) => join(folder, "ledger.json");

/** The combined result of both witnesses of this computer. */
export type Read = {
  readonly outcome: Reconciled;
  /** Present whenever the state is `ready`. */
  readonly key: SealKey | undefined;
  readonly folder: string;
  /** The keychain has no valid entry any more, and this process still knows what it held. */
  readonly isKeyGone: boolean;
};

/**
 * The keychain's entry and the sealed file. All data folders of a user share one ledger: the entry names the folder of
 * the file. If that folder was moved or is gone, the file in this data folder counts.
 */
export function createWitnesses({
  folder: ownFolder,
  secrets,
  files,
}: Pick<LedgerPorts, "folder" | "secrets" | "files">) {
  async function readEntry(): Promise<Entry> {
    const secret = await secrets.read(SECRET_NAME);
    if (!secret.ok) return { finding: { kind: secret.error === "STORE_LOCKED" ? "locked" : "none" } };
    return secret.value === null ? { finding: { kind: "absent" } } : parseEntry(secret.value);
  }

  async function readFile(folder: string, key: SealKey | undefined): Promise<FileFinding> {
    try {
      const bytes = await files.read(pathIn(folder));
      return bytes === null ? { kind: "absent" } : parseFile(key, fromUtf8(bytes));
    } catch (error) {
      // The file exists but cannot be read: that is not the same as an absent file.
      if (codeOf(error) === "") throw error;
      return { kind: "bad" };
    }
  }

  /** The first folder whose file is complete. If there is none: the one in the entry, unless that is gone. */
  async function readFiles({ finding, key, folder = ownFolder }: Entry): Promise<Pick<Read, "outcome" | "folder">> {
    const named = { outcome: reconcile(finding, await readFile(folder, key), digestOf), folder };
    if (folder === ownFolder || hasFile(named.outcome)) return named;
    const own = { outcome: reconcile(finding, await readFile(ownFolder, key), digestOf), folder: ownFolder };
    return hasFile(own.outcome) || !(await files.isFolder(folder)) ? own : named;
  }

  return {
    /** `known`: what this process knows of the ledger. It completes the keychain if both hold the same record. */
    async read(known?: SealedRecord): Promise<Read> {
      const entry = await readEntry();
      const isGone = entry.finding.kind === "absent" || entry.finding.kind === "bad";
      const digest = known && digestOf(known.record);
      const isSame = entry.finding.kind === "good" && entry.finding.digest === digest;
      const completed: Entry =
        known && digest !== undefined && (isGone || isSame)
          ? { ...known, finding: { kind: "good", record: known.record, digest } }
          : entry;
      return { ...(await readFiles(completed)), key: completed.key, isKeyGone: isGone && known !== undefined };
    },
    async writeFile({ folder, key, record }: SealedRecord, ancestors: readonly string[]) {
      return written(() => replaceFile(files, folder, pathIn(folder), composeFile(key, record, ancestors)));
    },
    removeFile: (folder: string) => written(() => files.remove(pathIn(folder))),
    writeKeychain({ folder, key, record }: SealedRecord): ReturnType<LedgerPorts["secrets"]["write"]> {
      return secrets.write(SECRET_NAME, composeEntry(key, record, { digest: digestOf(record), folder }));
    },
  };
}

export function digestOf(record: LedgerRecord): string {
  return toBase64url(createHash("sha256").update(textForDigest(record)).digest());
}

function hasFile(outcome: Reconciled): boolean {
  return outcome.state === "ready" && !outcome.lagging.includes("file");
}

async function written(write: () => Promise<void>): Promise<Result<undefined, "STATE_NOT_WRITTEN">> {
  try {
    await write();
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("STATE_NOT_WRITTEN");
  }
}
