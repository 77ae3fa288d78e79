export { type CatalogMemory, CatalogScreen, FRESH_CATALOG } from "./catalog-screen.tsx";
export { nextTitle } from "./next-title.ts";
export { type CatalogItems, useCatalogItems } from "./use-catalog-items.ts";
