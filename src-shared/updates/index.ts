export {
  ARCHITECTURES,
  type Architecture,
  BuildFile,
  BuildId,
  compareVersions,
  PACKAGE_KINDS,
  type PackageKind,
  parseBuildFile,
  type Platform,
  PLATFORMS,
  splitBuildPath,
  Version,
} from "./build.ts";
export { MAX_DOCUMENT_BYTES } from "./document.ts";
export { Halt, haltPath, parseHalt } from "./halt.ts";
export { NOTES_FILE, notesPath, parseReleaseNotes, ReleaseNotes } from "./notes.ts";
export { EVERYONE, parseRelease, Release, RELEASE_KINDS, type ReleaseKind, releasePath } from "./release.ts";
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
