export type Planted = typeof import("../src-shared/node/aead.ts");
