export { type Checklist, type Evidence, newChecklist, readChecklist, writeChecklist } from "./checklist-file.ts";
export { changedIn, checkGo, fileEvidence, lackingIn, withVerdict } from "./evidence.ts";
export { CHECKED_RINGS, type CheckedRing, type ChecklistItem, CHECKLISTS, itemOf } from "./items.ts";
export { goNoGoRecord } from "./record.ts";
