export { type Catalog, CatalogVideo, type FileRef, formatCatalog, parseCatalog, type Section } from "./catalog.ts";
export {
  CATALOG_KEY_INFO,
  commitmentText,
  catalogContext,
  fileContext,
  type FileRole,
  kekInfo,
  WRAP_KEY_INFO,
} from "./keys.ts";
export * from "./layout.ts";
export { lineOfAtMost } from "./line.ts";
export { STORYBOARD_TYPE, SUBTITLE_SUFFIX, SUBTITLE_TYPE, VIDEO_TYPES } from "./media-types.ts";
export {
  type Manifest,
  MANIFEST_PROFILE,
  MAX_CATALOG_BYTES,
  ManifestClaims,
  type ManifestFile,
  type ManifestPart,
  parseManifest,
} from "./manifest.ts";
