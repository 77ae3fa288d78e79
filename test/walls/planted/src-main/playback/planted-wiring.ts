import type { AppErrors } from "../app/index.ts";
export type Planted = AppErrors;
