import type { RingStore } from "../store/ring-store.ts";
export type Planted = RingStore;
