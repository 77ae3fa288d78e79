import { mkdir } from "node:fs/promises";
import { Option } from "commander";
import { join } from "node:path";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../places.ts";
import { openSqliteStore, RING_DATA, RING_DATABASE, type RingStore } from "../rings/index.ts";

export type RingDataOptions = { data: string; json?: true };

export function ringDataOption(): Option {
  return new Option("--data <folder>", "where the ring server keeps its database").default(RING_DATA);
}

/** Works with the database of a ring server, which may be running. RING_DATA_MISSING. */
export async function withRingData<T>(
  { data }: RingDataOptions,
  work: (store: RingStore) => Promise<Attempt<T>>,
  otherwise: "refused" | "made where it is missing" = "refused",
): Promise<Attempt<T>> {
  const path = join(data, RING_DATABASE);
  if (otherwise === "made where it is missing") await mkdir(data, { recursive: true, mode: 0o700 });
  else if (!(await exists(path))) {
    return fail("RING_DATA_MISSING", `No ring server has kept anything in ${data}: name its folder with --data.`);
  }
  const store = openSqliteStore(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
