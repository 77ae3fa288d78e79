export type Planted = typeof import("../src-ops/signing/index.ts");
