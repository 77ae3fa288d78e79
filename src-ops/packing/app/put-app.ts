import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeFile, renameFile, syncFolder } from "../../../src-shared/node/atomic-files.ts";
import { makeForeignFolder, writeForeignFile } from "../../../src-shared/node/foreign-files.ts";
import { listGenerations } from "../../../src-shared/node/vault-reader.ts";
import { ok } from "../../../src-shared/result.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import type { Job } from "../../job.ts";
import { loadSigner, loadTrust, type Publisher, publicKeysOf, signDocument } from "../../keys/index.ts";
import { requireSpace } from "../free-space.ts";
import { createReadBack, type ReadBack } from "../hashing/index.ts";
import { createMeter, type Meter, metered } from "../meter.ts";
import { withLockedStick } from "../locked-stick.ts";
import { APP_FOLDER, APP_LIST, APP_LIST_PROFILE, type AppListClaims, type AppPackage } from "./app-list.ts";
import { readAppList } from "./check-app.ts";
import type { FoundApp, SourcePackage } from "./find-packages.ts";
import { composeReadme, README_NAME } from "./readme.ts";

export type AppOrder = {
  readonly keys: string;
  readonly stick: string;
  readonly app: FoundApp;
};

export type StickApp = {
  readonly version: string;
  readonly files: readonly AppPackage[];
  /** The names of those that were written now; the others were on the stick already. */
  readonly written: readonly string[];
  readonly developmentKeys: boolean;
};

/**
 * Puts the packages of the app on a stick, beside its vault: each is read back, then the signed list names them all, and
 * packages of another version are removed. An interrupted run is finished by the next. NO_VAULT, DISK_FULL,
 * READ_BACK_FAILED.
 */
export function putApp({ keys, stick, app }: AppOrder, job: Job, now: UnixSeconds): Promise<Attempt<StickApp>> {
  return withLockedStick({ stick, keys }, (publisher) => putLocked(publisher, stick, app, job, now));
}

async function putLocked(
  publisher: Publisher,
  root: string,
  { version, packages }: FoundApp,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<StickApp>> {
  if ((await listGenerations(root)).length === 0) {
    return fail("NO_VAULT", `No vault on ${root}: make one with \`vaultctl pack\`, or name the right folder.`);
  }
  const signer = await loadSigner(publisher, "vault-publisher");
  if (!signer.ok) return signer;
  const trust = await loadTrust(publicKeysOf(publisher), root);
  if (!trust.ok) return trust;
  const before = await readAppList(root, trust.value.roots);
  const folder = await makeForeignFolder(root, [APP_FOLDER]);
  await sweep(folder, (name) => TEMPORARY.test(name));
  const readBack = createReadBack();
  try {
    const missing = await missingOn(folder, packages, readBack);
    const bytes = missing.reduce((sum, { size }) => sum + size, 0);
    const space = await requireSpace(root, bytes);
    if (!space.ok) return space;
    const meter = createMeter(job.progress, bytes);
    for (const one of missing) {
      const written = await writePackage(folder, one, readBack, meter, job.signal);
      if (!written.ok) return written;
    }
    const files = packages.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
    const claims: AppListClaims = { v: 1, version, iat: now, files };
    await writeForeignFile(root, [APP_FOLDER, APP_LIST], signDocument(signer.value, APP_LIST_PROFILE, claims));
    await writeForeignFile(root, [README_NAME], composeReadme(files));
    const old = new Set(before?.files.map(({ name }) => name));
    await sweep(folder, (name) => old.has(name) && !files.some((file) => file.name === name));
    const written = missing.map(({ name }) => name);
    return ok({ version, files, written, developmentKeys: signer.value.dev });
  } finally {
    await readBack.close();
  }
}

const TEMPORARY = /^\..*\.tmp$/;

async function sweep(folder: string, isRemoved: (name: string) => boolean): Promise<void> {
  const names = (await readdir(folder)).filter(isRemoved);
  for (const name of names) await removeFile(join(folder, name));
  if (names.length > 0) await syncFolder(folder);
}

async function missingOn(folder: string, packages: readonly SourcePackage[], readBack: ReadBack) {
  const missing: SourcePackage[] = [];
  for (const one of packages) if (await readBack.check(join(folder, one.name), one)) missing.push(one);
  return missing;
}

async function writePackage(
  folder: string,
  { name, path, size, sha256 }: SourcePackage,
  readBack: ReadBack,
  meter: Meter,
  signal: AbortSignal,
): Promise<Attempt<undefined>> {
  const temporary = join(folder, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    meter.startFile(name, size);
    const file = await open(temporary, "wx");
    try {
      for await (const block of metered(createReadStream(path, { signal }), meter)) await file.writeFile(block);
      await file.sync();
    } finally {
      await file.close();
    }
    meter.endFile();
    const fault = await readBack.check(temporary, { size, sha256 });
    if (fault) {
      const advice = "use another stick, or make the package again";
      return fail("READ_BACK_FAILED", `${name} reads differently than it was written (${fault}): ${advice}.`);
    }
    await renameFile(temporary, join(folder, name));
    await syncFolder(folder);
    return ok(undefined);
  } finally {
    await removeFile(temporary);
  }
}
