import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { err, ok } from "../../../src-shared/result.ts";
import { type Attempt, fail } from "../../failure.ts";
import { exists } from "../../paths.ts";
import { openPostgresStore } from "./postgres-store.ts";
import type { RingStore } from "./ring-store.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { storageFailureOf } from "./storage-problem.ts";

/** The default folder of a ring server's data. */
export const RING_DATA = join(".local", "ring-server");

export const RING_DATABASE = "ring.sqlite";

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
  const store = await openPostgresStore(url);
  if (store.ok) return store;
  const { newer } = store.error;
  return fail("DATABASE_NEWER", `The database was created by a newer program (version ${newer}): update this one.`);
}
