import { licensesIn, type RegisterEntry } from "../../register/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";

type Register = { readonly entries: readonly RegisterEntry[] };

/**
 * The hashes of what the publisher has handed out and still stands by: each license's newest token while it is neither
 * revoked nor run out. A refusal of any other says nothing against a release.
 */
export function genuineTokens(register: Register, now: UnixSeconds): ReadonlySet<string> {
  const tokens = new Set<string>();
  for (const { newest, revoked } of licensesIn(register).values()) {
    if (!revoked && newest.token !== undefined && now < newest.exp) tokens.add(newest.token);
  }
  return tokens;
}

/** The computers that the publisher has enrolled, by their pseudonym, and those whose enrolment has ended. */
export function enrolmentsIn(
  register: Register,
  now: UnixSeconds,
): { readonly current: ReadonlyMap<string, Ring>; readonly ended: readonly string[] } {
  const current = new Map<string, Ring>();
  const ended: string[] = [];
  for (const { newest, revoked } of licensesIn(register).values()) {
    if (!newest.enrolment) continue;
    if (revoked || now >= newest.enrolment.exp) ended.push(newest.enrolment.pid);
    else current.set(newest.enrolment.pid, newest.ring);
  }
  return { current, ended: ended.filter((pid) => !current.has(pid)) };
}
