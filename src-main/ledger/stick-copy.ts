import { dirname, join } from "node:path";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import {
  compactRecord,
  formatRecord,
  forStick,
  hasSameContent,
  type LedgerRecord,
  parseRecord,
} from "../../src-shared/ledger/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type ForeignPath, readForeignFile, requireForeignFolder } from "../../src-shared/node/foreign-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { LEDGER_FOLDER, LEDGER_SUFFIX, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type FileSteps, replaceFile } from "./file-steps.ts";
import { seal, SEAL_CHARS, type SealKey, unseal } from "./seal.ts";

const MAX_COPY_BYTES = 256 * KIB;
const COPIES = [VAULT_FOLDER, LEDGER_FOLDER] as const;

/** The connected stick. */
export type Stick = { readonly root: string; readonly stickId: string };

/**
 * The copy of this installation on a stick (attacker-controlled). `undefined`: there is none, or it is not ours. A
 * damaged copy is not a reason to refuse: pulling a FAT stick during a write leaves one, and an attacker could simply
 * delete it.
 */
export async function readCopy(
  { root, stickId }: Stick,
  installId: string,
  key: SealKey,
): Promise<LedgerRecord | undefined> {
  const bytes = await readForeignFile(root, copyPath(installId), MAX_COPY_BYTES);
  const text = bytes && fromUtf8(bytes);
  const record = text === undefined ? undefined : unseal(key, ["uvv-ledger-stick/1", stickId], text);
  return record === undefined ? undefined : parseRecord(record);
}

/** Writes what concerns this stick, unless it is there already. The error is the code of the file system. */
export async function writeCopy(
  steps: FileSteps,
  stick: Stick,
  { key, record }: { readonly key: SealKey; readonly record: LedgerRecord },
): Promise<Result<undefined, string>> {
  const copy = fitting(forStick(record, stick.stickId));
  const there = await readCopy(stick, record.installId, key);
  if (there && hasSameContent(there, copy)) return ok(undefined);
  try {
    const sealed = seal(key, ["uvv-ledger-stick/1", stick.stickId], formatRecord(copy));
    await requireForeignFolder(stick.root, COPIES);
    const path = join(stick.root, ...copyPath(record.installId));
    await replaceFile(steps, dirname(path), path, sealed);
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err(codeOf(error));
  }
}

// A larger copy would not be read. Of very many licenses, those that rose longest ago are left out.
function fitting(copy: LedgerRecord): LedgerRecord {
  const space = MAX_COPY_BYTES - SEAL_CHARS;
  return formatRecord(copy).length <= space ? copy : compactRecord(copy, space);
}

function copyPath(installId: string): ForeignPath {
  return [...COPIES, installId + LEDGER_SUFFIX];
}
