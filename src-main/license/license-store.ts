import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fromUtf8, textOfFile } from "../../src-shared/encoding/text.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { removeFile, syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { isForeignFolder, readForeignFile } from "../../src-shared/node/foreign-files.ts";
import { listNames } from "../../src-shared/node/list-names.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import {
  isLicenseName,
  LICENSE_SUFFIX,
  LICENSES_FOLDER,
  REVOCATIONS_FILE,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";

const MAX_LICENSES = 64;

const PROOF_SUFFIX = ".uvvret";
const PROOF_NAME = /^([a-z2-7]{26})\.([1-9]\d{0,15})\.uvvret$/;

/** The proof that one license was returned. */
export type StoredProof = { readonly licenseId: string; readonly seq: number; readonly text: string };

/** The licenses on the stick, and those imported on this computer. All are attacker-controlled text. */
export type LicenseStore = {
  readonly onStick: (root: string) => Promise<readonly string[]>;
  readonly imported: () => Promise<readonly string[]>;
  /** Saves a license; a newer one with the same `lid` replaces it. Throws the file system's error. */
  readonly save: (licenseId: string, text: string) => Promise<void>;
  /** Removes an imported license for good. Throws the file system's error. */
  readonly remove: (licenseId: string) => Promise<void>;
  /** Saves the proof of a return, so that it can be shown later. Throws the file system's error. */
  readonly saveProof: (proof: StoredProof) => Promise<void>;
  readonly proofs: () => Promise<readonly StoredProof[]>;
  /** The revocation lists of the stick. */
  readonly revocations: (root: string) => Promise<readonly string[]>;
};

/** @param changed called after a license was saved or removed, once the folder has it */
export function createLicenseStore(importedFolder: string, changed: () => void = () => {}): LicenseStore {
  return {
    onStick: (root) => readLicensesOn(root),
    imported: () => readTexts(importedFolder),
    async save(licenseId, text) {
      await mkdir(importedFolder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(join(importedFolder, licenseId + LICENSE_SUFFIX), text, 0o600);
      changed();
    },
    async remove(licenseId) {
      await removeFile(join(importedFolder, licenseId + LICENSE_SUFFIX));
      await syncFolder(importedFolder);
      changed();
    },
    async saveProof({ licenseId, seq, text }) {
      await mkdir(importedFolder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(join(importedFolder, `${licenseId}.${seq}${PROOF_SUFFIX}`), text, 0o600);
    },
    async proofs() {
      const names = (await listNames(importedFolder)).filter((name) => PROOF_NAME.test(name)).slice(0, MAX_LICENSES);
      const read = await Promise.all(names.map((name) => readProof(importedFolder, name)));
      return read.filter((proof) => proof !== undefined);
    },
    async revocations(root) {
      const bytes = await readForeignFile(root, [VAULT_FOLDER, REVOCATIONS_FILE], MAX_ARMORED_CHARS);
      const text = bytes && fromUtf8(bytes);
      return text === undefined ? [] : [text];
    },
  };
}

async function readProof(folder: string, name: string): Promise<StoredProof | undefined> {
  const [, licenseId, seq] = PROOF_NAME.exec(name) ?? [];
  const text = await readText(join(folder, name));
  return licenseId === undefined || text === undefined ? undefined : { licenseId, seq: Number(seq), text };
}

async function readLicensesOn(root: string): Promise<string[]> {
  const folder = [VAULT_FOLDER, LICENSES_FOLDER] as const;
  return (await isForeignFolder(root, folder)) ? readTexts(join(root, ...folder)) : [];
}

async function readTexts(folder: string): Promise<string[]> {
  const licenses = (await listNames(folder)).filter(isLicenseName).slice(0, MAX_LICENSES);
  const texts = await Promise.all(licenses.map((name) => readText(join(folder, name))));
  return texts.filter((text) => text !== undefined);
}

async function readText(path: string): Promise<string | undefined> {
  const bytes = await readSmallFile(path, MAX_ARMORED_CHARS);
  return bytes && textOfFile(bytes);
}
