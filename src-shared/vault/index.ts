export { Catalog, CatalogVideo, type FileRef, POSTER_TYPES, VIDEO_TYPES } from "./catalog.ts";
export { CATALOG_KEY_INFO, catalogContext, fileContext, type FileRole, kekInfo, WRAP_KEY_INFO } from "./keys.ts";
export * from "./layout.ts";
export {
  type Manifest,
  MANIFEST_PROFILE,
  ManifestClaims,
  type ManifestFile,
  type ManifestPart,
  parseManifest,
} from "./manifest.ts";
