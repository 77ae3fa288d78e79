import type { RingStore } from "../../../src-ops/server/store/ring-store.ts";

/** Rows that the database refuses to write: all rows of the table, or those with this value in this column. */
export type RefusedRows = { readonly table: string; readonly column?: string; readonly value?: string };

/** An empty store, and direct access to its database. */
export type OpenedStore = {
  readonly store: RingStore;
  readonly exec: (sql: string) => Promise<void>;
  /** Makes the database refuse these rows until the returned function is called. */
  readonly refuse: (rows: RefusedRows) => Promise<() => Promise<void>>;
};
