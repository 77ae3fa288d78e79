export {
  findChangedEvidence,
  verifyChecklist,
  fileEvidence,
  itemsWithoutEvidence,
  withVerdict,
} from "./checklist-evidence.ts";
export { type Checklist, type Evidence, newChecklist, readChecklist, writeChecklist } from "./checklist-file.ts";
export { CHECKED_RINGS, type CheckedRing, CHECKLISTS, itemOf } from "./checklist-items.ts";
export { withFilesBeside } from "./evidence-folder.ts";
export { goNoGoRecord } from "./go-no-go-record.ts";
export { pilotsIn } from "./pilots.ts";
export {
  concernsOf,
  judgePromotion,
  judgeInternalTargets,
  type OverrideCode,
  OVERRIDES,
  type PromotionContext,
  warningsOf,
} from "./promotion-rules.ts";
export { evidenceFaults } from "./signed-evidence.ts";
export { firstStage, observationHours, ringBefore, shareOf, stageAfter } from "./stages.ts";
