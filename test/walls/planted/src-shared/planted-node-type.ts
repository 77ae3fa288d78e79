export type Planted = import("node:fs").Stats;
