export type Planted = typeof import("../../src-shared/license/index.ts");
