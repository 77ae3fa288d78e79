import { type FeedLocation, feedStatus, lifetimeOf } from "../../feed/index.ts";
import { licensesIn, readRegister } from "../../register/index.ts";
import { ok } from "../../../src-shared/result.ts";
import { DAY, type UnixSeconds } from "../../../src-shared/units.ts";
import type { Attempt } from "../../failure.ts";
import type { Expiry } from "./service-incidents.ts";

/** A role is told in the last part of its lifetime: a day for the shortest, ten weeks for what people sign once a year. */
const LAST_PART = 1 / 5;
const ENROLMENT_DAYS = 14;

/** What of the feed and the register ends soon, or has ended. Opens no private key. FEED_*, REGISTER_BROKEN. */
export async function expiriesOf({ repo, keys }: FeedLocation, now: UnixSeconds): Promise<Attempt<readonly Expiry[]>> {
  const status = await feedStatus(repo, keys, now);
  if (!status.ok) return status;
  const register = await readRegister(keys);
  if (!register.ok) return register;
  const roles = status.value.roles
    .filter(({ role, expires }) => expires - now < lifetimeOf(role) * LAST_PART)
    .map(({ role, expires }): Expiry => ({ kind: "role", role, until: expires }));
  const ends = [...licensesIn(register.value).values()]
    .flatMap(({ newest, revoked }) => (newest.enrolment && !revoked ? [newest.enrolment.exp] : []))
    .filter((exp) => exp > now && exp - now < ENROLMENT_DAYS * DAY);
  if (ends.length === 0) return ok(roles);
  return ok([...roles, { kind: "enrolments", count: ends.length, until: Math.min(...ends) }]);
}
