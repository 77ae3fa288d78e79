export { addBuild, type AddedBuild, type BuildOrder } from "./add-build.ts";
export type { BuildKind } from "./build-file.ts";
export { addPilot } from "./add-pilot.ts";
export { atFeed, type Concluded, type FeedDesk, type FeedPlace } from "./desk.ts";
export { exportFeed } from "./export-feed.ts";
export { haltRing, haltRingOnce, resumeRing } from "./halting.ts";
export { initFeed } from "./init-feed.ts";
export { publishLists } from "./lists.ts";
export { OVERRIDES, type OverrideCode } from "./promotion-rules.ts";
export {
  type BuildProgress,
  type NextStep,
  type ReleaseStates,
  releaseStates,
  type RingProgress,
} from "./release-states.ts";
export { refreshFeed } from "./refresh.ts";
export { releaseBuild, type ReleaseOrder, turnFlags } from "./release.ts";
export { rollBack } from "./rollback.ts";
export { rotateFeed } from "./rotate.ts";
export { raiseSecurity } from "./security.ts";
export { importPending, signPending } from "./sign-pending.ts";
export { type FeedStatus, feedStatus } from "./status.ts";
export { validateRing } from "./validate.ts";
export { verifyFeed } from "./verify.ts";
