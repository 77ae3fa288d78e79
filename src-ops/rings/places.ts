import { join } from "node:path";

/** Where a ring server keeps what it hears, unless it is told otherwise. */
export const RING_DATA = join(".local", "ring-server");

export const RING_DATABASE = "ring.sqlite";
