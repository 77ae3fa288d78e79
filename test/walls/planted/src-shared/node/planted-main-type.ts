export type Planted = typeof import("../../src-main/log/index.ts");
