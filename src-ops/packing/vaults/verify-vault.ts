import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { manifestName, DATA_FOLDER, partName, VAULT_FOLDER } from "../../../src-shared/vault/index.ts";
import { codeOf } from "../../../src-shared/node/atomic-files.ts";
import { isForeignFolder } from "../../../src-shared/node/foreign-files.ts";
import { listGenerations, type OpenVault } from "../../../src-shared/node/vault-reader.ts";
import { ok } from "../../../src-shared/result.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { type AppReport, checkApp } from "../app/index.ts";
import { createReadBack, type PartFault, type ReadBack } from "../hashing/index.ts";
import type { Job } from "../../job.ts";
import { findExtras } from "./extras.ts";
import { openTrusted } from "./open-trusted.ts";

export type Fault = {
  /** From the root of the stick, with `/` on every system. */
  readonly path: string;
  /** `UNTRUSTED`: a manifest that is newer than the valid one, but not signed by a trusted key. */
  readonly fault: PartFault | "UNTRUSTED";
};

export type VerifyReport = {
  readonly vaultId: string;
  readonly stickId: string;
  readonly gen: number;
  readonly label: string;
  readonly files: number;
  readonly parts: number;
  readonly bytes: Bytes;
  readonly developmentKeys: boolean;
  /** The packages of the app on the stick, if there are any. */
  readonly app: Pick<AppReport, "version" | "bytes"> | null;
  readonly faults: readonly Fault[];
  /** Files in the vault's folder, or among the packages of the app, that no signed list names. They are never read. */
  readonly extras: readonly string[];
};

/** Checks a stick byte for byte against its signed manifest. Needs no secret key. */
export async function verifyVault(root: string, trust: string | undefined, job: Job): Promise<Attempt<VerifyReport>> {
  const opened = await openTrusted(root, trust);
  if (!opened.ok) return opened;
  const { vault, roots, dev } = opened.value;
  const { vaultId, stickId, gen, label, files } = vault.manifest.claims;
  const parts = partsToCheck(vault);
  const readBack = createReadBack();
  const faults = await untrustedManifests(vault);
  let app: AppReport | undefined;
  try {
    const checked = await checkParts(root, parts, readBack, job);
    if (!checked.ok) return checked;
    app = await checkApp(root, roots, readBack, job.signal);
    faults.push(...checked.value, ...(app?.faults ?? []));
  } finally {
    await readBack.close();
  }
  const bytes = parts.reduce((sum, { part }) => sum + part.size, 0);
  const extras = [...(await findExtras(vault)), ...(app?.extras ?? [])];
  return ok({
    vaultId,
    stickId,
    gen,
    label,
    files: files.length,
    parts: parts.length,
    bytes,
    developmentKeys: dev,
    app: app ? { version: app.version, bytes: app.bytes } : null,
    faults,
    extras,
  });
}

type PartToCheck = { readonly path: string; readonly part: { readonly size: Bytes; readonly sha256: string } };

// The catalog's own hash was checked when the vault was opened.
function partsToCheck(vault: OpenVault): PartToCheck[] {
  return vault.manifest.claims.files.flatMap(({ id, parts }) =>
    parts.map((part, index) => ({ path: [VAULT_FOLDER, DATA_FOLDER, id, partName(index)].join("/"), part })),
  );
}

async function checkParts(
  root: string,
  parts: readonly PartToCheck[],
  readBack: ReadBack,
  job: Job,
): Promise<Attempt<Fault[]>> {
  const allBytes = parts.reduce((sum, { part }) => sum + part.size, 0);
  const faults: Fault[] = [];
  let allDone = 0;
  for (const { path, part } of parts) {
    job.signal.throwIfAborted();
    const isPlain = await isForeignFolder(root, path.split("/").slice(0, -1));
    const fault = isPlain ? await readBack.check(join(root, path), part) : "UNREADABLE";
    // A stick that is pulled out looks as if each of its parts were missing.
    if (fault && !(await isThere(root)))
      return fail("STICK_AWAY", `${root} is gone: plug it in again, and verify again.`);
    if (fault) faults.push({ path, fault });
    allDone += part.size;
    job.progress.show({ name: path, fileDone: part.size, fileBytes: part.size, allDone, allBytes });
  }
  return ok(faults);
}

async function isThere(root: string): Promise<boolean> {
  try {
    await lstat(join(root, VAULT_FOLDER));
    return true;
  } catch (error) {
    // Whatever the system says of a device that is not ready.
    if (codeOf(error) === "") throw error;
    return false;
  }
}

async function untrustedManifests({ root, manifest }: OpenVault): Promise<Fault[]> {
  const newer = (await listGenerations(root)).filter((gen) => gen > manifest.claims.gen);
  return newer.map((gen) => ({ path: `${VAULT_FOLDER}/${manifestName(gen)}`, fault: "UNTRUSTED" }));
}
