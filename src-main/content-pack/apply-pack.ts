import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import type { PackProblem } from "../../src-shared/ipc/index.ts";
import { KEY_MANIFEST_PROFILE, parseKeyManifest, type TrustRoots } from "../../src-shared/jws/index.ts";
import { compareCounters, type Counter } from "../../src-shared/ledger/index.ts";
import { parseRevocations } from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { codeOf, isOutOfSpace } from "../../src-shared/node/atomic-files.ts";
import { readForeignFile, requireForeignFolder, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { deviceOf } from "../../src-shared/node/mount-points.ts";
import { type OpenVault, openVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import {
  catalogName,
  DATA_FOLDER,
  KEYS_FILE,
  manifestName,
  REVOCATIONS_FILE,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import { checkRest, hasSpace } from "./check-stick.ts";
import type { OpenPack } from "./read-pack.ts";
import { writeProblemOf } from "./write-problem.ts";
import { bytesBegun, hasPart, writePart, type WriteSteps } from "./write-part.ts";

/**
 * Brings a stick to the generation of a pack. The encrypted parts come first, then the catalog, and the signed manifest last:
 * before that last rename the stick has its old content, after it the new one. Parts that an earlier run has written are kept.
 * Throws only the abort of the signal, and errors that are bugs.
 */
export async function applyPack(
  pack: OpenPack,
  stick: OpenVault,
  roots: TrustRoots,
  steps: WriteSteps,
): Promise<Result<undefined, PackProblem>> {
  const device = await deviceOf(stick.root);
  const isThere = () => isSameStick(stick, device, roots);
  try {
    await requireForeignFolder(stick.root, [VAULT_FOLDER, DATA_FOLDER]);
    const rest = await checkRest(pack, stick.root);
    if (!rest.ok) return rest;
    const written = await writeParts(pack, stick.root, steps);
    if (!written.ok) return written;
    const [catalog, revocations] = [await pack.readCatalog(), await pack.readRevocations()];
    if (!catalog.ok) return catalog;
    if (!revocations.ok) return revocations;
    steps.signal.throwIfAborted();
    if (!(await isThere())) return err("PACK_REMOVED");
    await commit(pack, stick.root, roots, catalog.value, revocations.value);
    return ok(undefined);
  } catch (error) {
    return err(await problemOf(error, isThere));
  }
}

async function writeParts(pack: OpenPack, root: string, steps: WriteSteps): Promise<Result<undefined, PackProblem>> {
  const missing = [];
  let bytes: Bytes = 0;
  for (const part of pack.parts) {
    if (await hasPart(root, part, steps.signal)) {
      steps.onBytes(part.size);
      continue;
    }
    missing.push(part);
    bytes += part.size - (await bytesBegun(root, part));
  }
  if (!(await hasSpace(root, bytes, missing.length, pack))) return err("PACK_NO_SPACE");
  for (const part of missing) {
    const written = await writePart(root, pack, part, steps);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

/** Another stick may be in this place by now: it must not get the manifest of this one. */
async function isSameStick(before: OpenVault, device: bigint | undefined, roots: TrustRoots): Promise<boolean> {
  const now = await openVault(before.root, roots);
  const isIts = now.ok && now.value.manifest.claims.stickId === before.manifest.claims.stickId;
  return isIts && now.value.manifestHash === before.manifestHash && (await deviceOf(before.root)) === device;
}

async function commit(
  pack: OpenPack,
  root: string,
  roots: TrustRoots,
  catalog: Uint8Array,
  revocations: Uint8Array,
): Promise<void> {
  const { gen } = pack.header.claims;
  // Readers may need these documents to accept the manifest, so they are written before it.
  await writeIfNewer(root, KEYS_FILE, KEY_MANIFEST_PROFILE.maxBytes, pack.keys, (text) => {
    const parsed = parseKeyManifest(text, roots);
    return parsed.ok ? parsed.value.counter : undefined;
  });
  await writeIfNewer(root, REVOCATIONS_FILE, MAX_ARMORED_CHARS, fromUtf8(revocations) ?? "", (text) => {
    const parsed = parseRevocations(text, roots);
    return parsed.ok ? parsed.value.counter : undefined;
  });
  await writeForeignFile(root, [VAULT_FOLDER, catalogName(gen)], catalog);
  await writeForeignFile(root, [VAULT_FOLDER, manifestName(gen)], pack.manifestToken);
}

/** Never replaces a document by an older one, or by one that no trusted key has signed. */
async function writeIfNewer(
  root: string,
  name: string,
  maxBytes: Bytes,
  text: string,
  counterOf: (text: string) => Counter | undefined,
): Promise<void> {
  const counter = text === "" ? undefined : counterOf(text);
  if (!counter) return;
  const there = (await readForeignFile(root, [VAULT_FOLDER, name], maxBytes))?.toString("utf8");
  const before = there === undefined ? undefined : counterOf(there);
  if (!before || compareCounters(counter, before) > 0) await writeForeignFile(root, [VAULT_FOLDER, name], text);
}

async function problemOf(error: unknown, isThere: () => Promise<boolean>): Promise<PackProblem> {
  const code = codeOf(error);
  if (code === "" || code === "ABORT_ERR" || (error instanceof Error && error.name === "AbortError")) throw error;
  if (isOutOfSpace(error)) return "PACK_NO_SPACE";
  if (!(await isThere())) return "PACK_REMOVED";
  return writeProblemOf(code, process.platform);
}
