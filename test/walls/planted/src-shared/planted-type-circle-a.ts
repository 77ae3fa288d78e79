import type { PlantedB } from "./planted-type-circle-b.ts";
export type PlantedA = { readonly b: PlantedB | undefined };
