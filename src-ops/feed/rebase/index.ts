export { baseFiles } from "./base-state.ts";
export { rebaseDraft } from "./rebase-draft.ts";
