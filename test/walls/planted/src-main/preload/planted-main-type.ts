export type Planted = typeof import("../log/index.ts");
