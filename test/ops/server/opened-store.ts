import type { RingStore } from "../../../src-ops/server/store/ring-store.ts";

/** Rows of a table that its database refuses to write: every one, or those with this value in this column. */
export type RefusedRows = { readonly table: string; readonly column?: string; readonly value?: string };

/** An empty store, and a way to do to its database what no code of ours does. */
export type OpenedStore = {
  readonly store: RingStore;
  readonly exec: (sql: string) => Promise<void>;
  /** Makes the database itself fail to write these rows, until what it returns is called. */
  readonly refuse: (rows: RefusedRows) => Promise<() => Promise<void>>;
};
