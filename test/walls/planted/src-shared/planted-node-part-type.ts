export type Planted = typeof import("./node/aead.ts");
