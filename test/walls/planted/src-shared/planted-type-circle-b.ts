import type { PlantedA } from "./planted-type-circle-a.ts";
export type PlantedB = { readonly a: PlantedA | undefined };
