export { type CatalogMemory, CatalogScreen, FRESH_CATALOG } from "./catalog-screen.tsx";
export type { IndexedTitle, Lesson } from "./search.ts";
export { titlesInOrder } from "./titles-in-order.ts";
export { type CatalogItems, useCatalogItems } from "./use-catalog-items.ts";
