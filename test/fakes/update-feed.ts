import type { Ring } from "../../src-shared/license/index.ts";
import { DELEGATIONS, haltPath, releasePath } from "../../src-shared/updates/index.ts";
import { buildFile, haltClaims, releaseClaims, securityClaims } from "../shared/updates/documents.ts";
import { feedKey, FeedRepository } from "./feed-repository.ts";

/** The keys of each delegated role and how many must sign (docs/formats/update-feed.md). */
export const FEED_ROLES = {
  builds: [["ci", "release"], 2],
  ring0: [["ring0"], 1],
  ring1: [["ring1-a", "ring1-b"], 1],
  ga: [["ga-1", "ga-2", "ga-3"], 2],
  halt: [["halt"], 1],
  lists: [["lists"], 1],
} as const;

/**
 * A repository of the product: all roles delegated, builds 1 to 3 listed, each ring moving to build 2. Nothing is
 * stored yet.
 */
export function updateFeed(): FeedRepository {
  const repository = new FeedRepository();
  for (const [name, [keys, threshold]] of Object.entries(FEED_ROLES)) {
    const paths: readonly string[] = DELEGATIONS[name as keyof typeof FEED_ROLES];
    repository.delegate(name, keys.map(feedKey), threshold, [...paths]);
  }
  repository.addTarget("targets", "security.json", JSON.stringify(securityClaims()));
  for (const build of ["build-1", "build-2", "build-3"]) addBuild(repository, build);
  for (const ring of ["ring0", "ring1", "ga"] as const) setRelease(repository, ring, {});
  return repository;
}

export function addBuild(
  repository: FeedRepository,
  build: string,
  members: object = {},
  content = `bytes of ${build}`,
) {
  const version = `${build.replace(/^build-/, "")}.0.0`;
  const custom = buildFile({ buildId: build, version, buildEpoch: Number(version.split(".")[0]), ...members });
  repository.addTarget("builds", `builds/${build}/app_${version}.deb`, content, custom);
  const notes = { fr: `Nouveautés de ${version}`, en: `What is new in ${version}` };
  repository.addTarget("builds", `builds/${build}/notes.json`, JSON.stringify(notes));
}

export function setRelease(repository: FeedRepository, ring: Ring, members: object, role: string = ring): void {
  repository.addTarget(role, releasePath(ring), JSON.stringify(releaseClaims({ ring, seq: 1, ...members })));
}

export function setHalt(repository: FeedRepository, ring: Ring, members: object): void {
  repository.addTarget("halt", haltPath(ring), JSON.stringify(haltClaims({ ring, seq: 1, ...members })));
}

export function setSecurity(repository: FeedRepository, members: object): void {
  repository.addTarget("targets", "security.json", JSON.stringify(securityClaims(members)));
}
