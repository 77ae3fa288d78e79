import { ok } from "../../src-shared/result.ts";
import { compareVersions } from "../../src-shared/versions.ts";
import { type Attempt, fail } from "../failure.ts";
import type { ListedBuild } from "./documents.ts";

type NewBuild = Pick<ListedBuild, "id" | "version" | "buildEpoch">;

/**
 * Whether a build may be listed beside others: a version stands for one build (an app knows itself by its version alone),
 * and epochs do not fall as versions rise. BUILD_EXISTS, BUILD_BELOW_FLOOR.
 */
export function judgeListing(
  { id, version, buildEpoch }: NewBuild,
  others: ReadonlyMap<string, ListedBuild>,
): Attempt<undefined> {
  for (const other of others.values()) {
    if (other.id === id) continue;
    const order = compareVersions(other.version, version);
    if (order === 0) {
      return fail(
        "BUILD_EXISTS",
        `Version ${version} is listed already, as other bytes (${other.id}): raise the version.`,
      );
    }
    if ((order < 0 && other.buildEpoch > buildEpoch) || (order > 0 && other.buildEpoch < buildEpoch)) {
      const what = `${other.id} has epoch ${other.buildEpoch}`;
      return fail("BUILD_BELOW_FLOOR", `Epochs rise with versions, and ${what}: give --build-epoch accordingly.`);
    }
  }
  return ok(undefined);
}
