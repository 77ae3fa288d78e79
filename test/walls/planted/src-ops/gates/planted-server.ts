import type { RingStore } from "../server/index.ts";
export type Planted = RingStore;
