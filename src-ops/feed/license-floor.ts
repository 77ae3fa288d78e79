import { RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Version } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { compareVersions } from "../../src-shared/versions.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher } from "../keys/index.ts";
import { licensesIn, readRegister } from "../register/index.ts";
import type { Step } from "./judge-ring.ts";

/** Refuses a rollback to a build that is older than an issued license allows. Also fails without the publisher's register,
 * because then this cannot be checked. LICENSES_NEED_NEWER, KEYS_MISSING, REGISTER_BROKEN.
 */
export async function judgeLicenses(step: Step, keys: string, now: UnixSeconds): Promise<Attempt<undefined>> {
  const rolledBackTo = RINGS.flatMap((ring) => {
    const [old, next] = [step.before.rings[ring].release, step.after.rings[ring].release];
    return next?.kind === "rollback" && (old?.kind !== "rollback" || old.build !== next.build) ? [next.build] : [];
  });
  if (rolledBackTo.length === 0) return ok(undefined);
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const register = await readRegister(publisher.value.folder);
  if (!register.ok) return register;
  for (const build of rolledBackTo) {
    const version = step.after.builds.get(build)?.version as Version;
    for (const { newest, revoked } of licensesIn(register.value).values()) {
      const hasEnded = revoked || newest.exp + (newest.grace ?? 0) < now;
      if (hasEnded || compareVersions(newest.minApp, version) <= 0) continue;
      const who = `license ${newest.lid} of ${newest.sub} needs ${newest.minApp}`;
      return fail(
        "LICENSES_NEED_NEWER",
        `Build ${build} is version ${version}, but ${who}: renew it first, or choose a newer build.`,
      );
    }
  }
  return ok(undefined);
}
