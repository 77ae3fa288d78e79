export {
  ARCHITECTURES,
  type Architecture,
  BuildFile,
  BuildId,
  PACKAGE_KINDS,
  type PackageKind,
  parseBuildFile,
  type Platform,
  PLATFORMS,
  splitBuildPath,
  Version,
} from "./build.ts";
export {
  type CheckTrigger,
  buildOf,
  decideUpdate,
  HOLD_REASONS,
  type HoldReason,
  type Install,
  type Move,
  MOVES,
  type UpdateDecision,
} from "./decision.ts";
export { MAX_DOCUMENT_BYTES, Sha256Hex } from "./document.ts";
export { type Feed, type CountedDocument, refuseReplay, type Replay, REPLAYS, ledgerUpdateFromFeed } from "./feed.ts";
export { Halt, haltedName, haltPath, Halts, parseHalts } from "./halt.ts";
export { isHalted } from "./halted.ts";
export {
  fileFor,
  listBuilds,
  type ListedBuild,
  type ListedBuilds,
  type ListedFile,
  type ListedTarget,
  type PackageTarget,
} from "./listed-builds.ts";
export { NOTES_FILE, notesIn, notesPath, parseReleaseNotes, ReleaseNotes } from "./notes.ts";
export { judgeOlderCopy, mayBeCached, OLDER_COPY_GRACE, OLDER_COPY_RETRY } from "./older-copy.ts";
export { JudgedVerdict, Promotion } from "./promotion.ts";
export { UPDATE_PROBLEMS, type UpdateProblem } from "./problems.ts";
export { EVERYONE, type HaltReference, parseRelease, Release, RELEASE_KINDS, releasePath } from "./release.ts";
export {
  type DelegatedRoleName,
  DELEGATIONS,
  type FeedRole,
  GENERATION_MEMBER,
  KEYS_PATH,
  parseGeneration,
  REVOCATIONS_PATH,
  TOP_ROLES,
} from "./roles.ts";
export { parseSecurity, SECURITY_PATH, SecurityDocument } from "./security.ts";
export { bucketOf, isInShare, type Sha256 } from "./share.ts";
export { isOn, type SwitchName, SWITCHES } from "./switches.ts";
