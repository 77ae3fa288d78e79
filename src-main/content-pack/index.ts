export { type ContentPacks, createContentPacks } from "./content-packs.ts";
