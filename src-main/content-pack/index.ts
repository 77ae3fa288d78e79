export { type ContentPacks, createContentPacks } from "./content-packs.ts";
export { writeProblemOf } from "./write-problem.ts";
