export { type CatalogMemory, CatalogScreen, FRESH_CATALOG } from "./catalog-screen.tsx";
export { type CatalogItems, useCatalogItems } from "./use-catalog-items.ts";
