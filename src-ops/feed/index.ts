export { addBuild, type BuildOrder } from "./add-build.ts";
export { isByProduct, versionsNamedBy } from "./build-file.ts";
export { addPilot } from "./add-pilot.ts";
export { describeDifference, type DifferenceLine } from "./change-difference.ts";
export { evidenceFolder, PUBLIC_KEYS, ROOT_ANCHOR, TARGETS } from "./feed-paths.ts";
export { exportFeed } from "./export-feed.ts";
export { createFeedReader, type FeedReader, type SignedFeed } from "./feed-reader.ts";
export {
  withFeedLock,
  withFeedTransaction,
  type TransactionResult,
  type FeedTransaction,
  type FeedLocation,
} from "./feed-transaction.ts";
export { type ChainResult, haltChain, haltEverywhere, haltRing } from "./halting.ts";
export { type InitializedFeed, initFeed } from "./init-feed.ts";
export {
  findChangedEvidence,
  CHECKED_RINGS,
  type CheckedRing,
  type Checklist,
  CHECKLISTS,
  type Evidence,
  fileEvidence,
  goNoGoRecord,
  itemOf,
  itemsWithoutEvidence,
  newChecklist,
  type OverrideCode,
  OVERRIDES,
  readChecklist,
  withFilesBeside,
  withVerdict,
  writeChecklist,
} from "./promotion/index.ts";
export { laterRingsOffering } from "./later-rings.ts";
export { discardPending, pendingFileNamed } from "./pending.ts";
export { describePending, type PendingChange } from "./pending-status.ts";
export { awaitedPeople, awaitedSentence } from "./awaited.ts";
export { publishLists } from "./publish-lists.ts";
export { refreshFeed } from "./refresh.ts";
export type { ReleaseOrder } from "./release-order.ts";
export { type NextStep, releaseStates, type ReleaseStates, type RingProgress } from "./release-states.ts";
export { releaseBuild, setFlags } from "./release.ts";
export { liftedByFirstRelease, resumeRing, ringsHalting } from "./resuming.ts";
export { rollBack } from "./rollback.ts";
export { lifetimeOf, mayNamePerson, namesOf } from "./roles.ts";
export { type RollbackState, rollbackStateOf } from "./rollback-state.ts";
export { replacePerson } from "./replace-person.ts";
export { rotateFeed } from "./rotate.ts";
export { raiseSecurity } from "./security.ts";
export {
  importPending,
  type NamedRole,
  NAMED_ROLES,
  type SignedPending,
  signPending,
  unsignedChanges,
} from "./sign-pending.ts";
export { feedStatus, type FeedStatus } from "./status.ts";
export { validateRing } from "./validate-ring.ts";
export { verifyFeed } from "./verify.ts";
