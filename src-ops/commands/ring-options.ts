import { Option } from "commander";
import { join } from "node:path";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../places.ts";
import { openSqliteStore, RING_DATA, RING_DATABASE, type SqliteStore } from "../rings/index.ts";

export type RingDataOptions = { data: string; json?: true };

export function ringDataOption(): Option {
  return new Option("--data <folder>", "where the ring server keeps its database").default(RING_DATA);
}

/** Works with the database of a ring server, which may be running. RING_DATA_MISSING. */
export async function withRingData<T>(
  { data }: RingDataOptions,
  work: (store: SqliteStore) => Promise<Attempt<T>> | Attempt<T>,
): Promise<Attempt<T>> {
  const path = join(data, RING_DATABASE);
  if (!(await exists(path))) {
    return fail("RING_DATA_MISSING", `No ring server has kept anything in ${data}: name its folder with --data.`);
  }
  const store = openSqliteStore(path);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
