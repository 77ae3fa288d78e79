import { type Command, Option } from "commander";
import { err } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { openRingStore, RING_DATA, type StoreLocation, type RingStore, storageFailureOf } from "../server/index.ts";

export type RingDataOptions = StoreLocation & { json?: true };

export function ringDataOption(): Option {
  return new Option("--data <folder>", "the folder of the ring server's database").default(RING_DATA);
}

/** A password in the URL is visible in the process list: put it into the environment or into PGPASSFILE instead. */
export function databaseUrlOption(): Option {
  return new Option("--database-url <url>", "PostgreSQL instead of a file, such as postgres://ring@db.local/ring").env(
    "RING_DATABASE_URL",
  );
}

/** Adds the options of commands that use a ring server's database. */
export function withRingStoreOptions(command: Command): Command {
  return command.addOption(ringDataOption()).addOption(databaseUrlOption());
}

/**
 * Opens the database of a ring server, which may be running, calls `work` and closes it. RING_DATA_MISSING, DATABASE_*,
 * STORAGE_*.
 */
export async function withRingData<T>(
  location: StoreLocation,
  work: (store: RingStore) => Promise<Attempt<T>>,
  ifMissing: "fail" | "create" = "fail",
): Promise<Attempt<T>> {
  const store = await openRingStore(location, ifMissing);
  if (!store.ok) return store;
  try {
    return await work(store.value);
  } catch (error) {
    const failure = storageFailureOf(error);
    if (!failure) throw error;
    return err(failure);
  } finally {
    await store.value.close();
  }
}
