import { access, constants, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { err, ok } from "../../../src-shared/result.ts";
import { type Attempt, fail } from "../../failure.ts";
import { exists } from "../../paths.ts";
import { backUpFile } from "./backup.ts";
import { openPostgresStore } from "./postgres-store.ts";
import type { RingStore } from "./ring-store.ts";
import { compareVersion } from "./sqlite-schema.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { storageFailureOf } from "./storage-problem.ts";

/** The default folder of a ring server's data. */
export const RING_DATA = join(".local", "ring-server");

export const RING_DATABASE = "ring.sqlite";

/** The folder beside the database for its copies. */
export const BACKUPS = "backups";

/** The database: PostgreSQL, which several servers can share, or a file in a folder. */
export type StoreLocation = { readonly data: string; readonly databaseUrl?: string | undefined };

/**
 * Opens the store of a ring server; the server may be running. RING_DATA_MISSING, DATABASE_URL_INVALID, DATABASE_NEWER,
 * STORAGE_*.
 */
export async function openRingStore(
  { data, databaseUrl }: StoreLocation,
  ifMissing: "fail" | "create",
): Promise<Attempt<RingStore>> {
  try {
    if (databaseUrl !== undefined) return await openShared(databaseUrl);
    const path = join(data, RING_DATABASE);
    if (ifMissing === "create") await mkdir(data, { recursive: true, mode: 0o700 });
    else if (!(await exists(path))) {
      return fail("RING_DATA_MISSING", `${data} contains no ring server's database: name its folder with --data.`);
    }
    if (await exists(path)) {
      const { found, own } = compareVersion(path);
      if (found !== undefined && found > own) return newerDatabase(found);
      if (found !== undefined && found < own) await backUpBeforeMigration(path, own);
    }
    return ok(openSqliteStore(path));
  } catch (error) {
    const failure = storageFailureOf(error);
    if (!failure) throw error;
    return err(failure);
  }
}

async function openShared(url: string): Promise<Attempt<RingStore>> {
  // The message does not repeat the URL, because it may contain a password.
  if (!/^postgres(ql)?:\/\//.test(url)) {
    return fail(
      "DATABASE_URL_INVALID",
      "--database-url must begin with postgres://, such as postgres://ring@db.local/ring.",
    );
  }
  for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
    const file = URL.parse(url)?.searchParams.get(name);
    // Otherwise the database would seem to be away.
    if (typeof file === "string" && !(await isReadable(file)))
      return fail("DATABASE_URL_INVALID", `The file that ${name} in --database-url names cannot be read: ${file}.`);
  }
  const store = await openPostgresStore(url);
  return store.ok ? store : newerDatabase(store.error.newer);
}

async function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

function newerDatabase(version: number) {
  return fail("DATABASE_NEWER", `The database was created by a newer program (version ${version}): update this one.`);
}

/** A copy from which one can go back to the earlier program. The first copy stays: a later one could be half migrated. */
async function backUpBeforeMigration(path: string, version: number): Promise<void> {
  const folder = join(dirname(path), BACKUPS);
  const copy = join(folder, `before-version-${version}.sqlite`);
  if (await exists(copy)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await backUpFile(path, copy);
}
