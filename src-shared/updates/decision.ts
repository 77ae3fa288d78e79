import { CLOCK_TOLERANCE, type LedgerHead } from "../ledger/index.ts";
import type { UnixSeconds } from "../units.ts";
import { compareVersions } from "../versions.ts";
import type { BuildId, Version } from "./build.ts";
import { type Feed, type Replay, refuseReplay } from "./feed.ts";
import { fileFor, type ListedBuild, type ListedBuilds, type ListedFile, type PackageTarget } from "./listed-builds.ts";
import { isHalted } from "./halted.ts";
import type { Release } from "./release.ts";
import { bucketOf, isInShare, type Sha256 } from "./share.ts";

/** The app that asks for a decision, and its computer. */
export type Install = PackageTarget & {
  readonly installId: string;
  readonly version: Version;
  /** Compiled in: this build installs no build with a lower `buildEpoch`. */
  readonly buildFloor: number;
  /** Builds that a rollback removed from this computer. Only a `resume` allows them again. */
  readonly rolledBack: ReadonlySet<BuildId>;
};

/** What started the check: the app's timer, or a person, to whom no percentage applies. */
export type CheckTrigger = "by-itself" | "by-hand";

export const HOLD_REASONS = [
  "NO_RELEASE",
  "NOT_YET",
  "HALTED",
  "NOT_IN_SHARE",
  "NOT_IN_FROM",
  "SOURCE_TOO_OLD",
  "NOT_LISTED",
  "REVOKED",
  "BELOW_FLOOR",
  "NO_FILE",
  "ROLLED_BACK",
  "OLDER",
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export const MOVES = ["forward", "fallback", "rollback"] as const;
export type Move = (typeof MOVES)[number];

export type UpdateDecision =
  | { readonly kind: "refused"; readonly code: Replay }
  /** This is what the ring runs. */
  | { readonly kind: "current" }
  | { readonly kind: "hold"; readonly reason: HoldReason; readonly build: BuildId | undefined }
  | { readonly kind: "install"; readonly move: Move; readonly build: ListedBuild; readonly file: ListedFile };

/**
 * The decision of this installation about a feed: one result, from the first check that does not pass. The order is
 * replay -> release -> date -> which build is meant -> halt -> list -> revocation -> floor -> direction -> file. Any
 * result other than `install` leaves the app unchanged.
 */
export function decideUpdate(
  feed: Feed,
  head: LedgerHead,
  install: Install,
  trigger: CheckTrigger,
  now: UnixSeconds,
  sha256: Sha256,
): UpdateDecision {
  const fresh = refuseReplay(feed, head);
  if (!fresh.ok) return { kind: "refused", code: fresh.error };
  const release = feed.release?.document;
  if (!release) return hold("NO_RELEASE");
  if (release.issued > now + CLOCK_TOLERANCE) return hold("NOT_YET", release.build);
  const running = buildOf(install, feed.builds);
  const meant = release.kind === "rollback" ? "rollback" : shareOf(release, install, running, trigger, sha256);
  if (meant === "none") return hold("NOT_IN_SHARE", release.build);
  const id = meant === "fallback" ? (release.fallback as BuildId) : release.build;
  if (isHalted(feed, head, id)) return hold("HALTED", id);
  const build = feed.builds.get(id);
  if (!build) return hold("NOT_LISTED", id);
  if (build.version === install.version) return { kind: "current" };
  const reason = refuseBuild(build, feed, head, install) ?? refuseMove(meant, build, release, running, install);
  if (reason) return hold(reason, id);
  const file = fileFor(build, install);
  return file ? { kind: "install", move: meant, build, file } : hold("NO_FILE", id);
}

function hold(reason: HoldReason, build?: BuildId): UpdateDecision {
  return { kind: "hold", reason, build };
}

/** `fallback`: the control group of a percentage, which runs the previous stable build. */
function shareOf(
  release: Release,
  { installId }: Install,
  running: ListedBuild | undefined,
  trigger: CheckTrigger,
  sha256: Sha256,
): "forward" | "fallback" | "none" {
  if (release.critical || trigger === "by-hand" || running?.buildId === release.build) return "forward";
  if (isInShare(bucketOf(installId, release.build, sha256), release.basisPoints)) return "forward";
  return release.fallback === null ? "none" : "fallback";
}

/** Reasons that no ring and no person can override. */
function refuseBuild(build: ListedBuild, feed: Feed, head: LedgerHead, install: Install): HoldReason | undefined {
  const security = feed.security?.document;
  if (security?.revokedBuilds.includes(build.buildId)) return "REVOKED";
  const floor = Math.max(head.buildFloor, install.buildFloor, security?.buildFloor ?? 0);
  return build.buildEpoch < floor ? "BELOW_FLOOR" : undefined;
}

function refuseMove(
  move: Move,
  build: ListedBuild,
  release: Release,
  running: ListedBuild | undefined,
  install: Install,
): HoldReason | undefined {
  if (install.rolledBack.has(build.buildId) && release.kind !== "resume") return "ROLLED_BACK";
  if (move === "rollback") return running && release.from.includes(running.buildId) ? undefined : "NOT_IN_FROM";
  // Leaving a ring, or dropping out of a share, never causes a downgrade.
  if (compareVersions(build.version, install.version) < 0) return "OLDER";
  const isTooOld = move === "forward" && compareVersions(install.version, release.minSource) < 0;
  return isTooOld ? "SOURCE_TOO_OLD" : undefined;
}

/**
 * The build that runs here. A version stands for one build; if two builds have the same version, neither is assumed.
 */
export function buildOf({ version }: Pick<Install, "version">, builds: ListedBuilds): ListedBuild | undefined {
  const same = [...builds.values()].filter((build) => build.version === version);
  return same.length === 1 ? same[0] : undefined;
}
