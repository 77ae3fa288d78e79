export type Planted = typeof import("../player/player-store.ts");
