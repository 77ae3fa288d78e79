import type { ComputerOf } from "../../gates/index.ts";
import { licensesIn, type RegisterEntry } from "../../register/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";

type Register = { readonly entries: readonly RegisterEntry[] };

/**
 * The hashes of all valid licenses: the newest token of each license that is neither revoked nor expired. When an app
 * refuses any other token, this is not a fault of the release.
 */
export function genuineTokens(register: Register, now: UnixSeconds): ReadonlySet<string> {
  const tokens = new Set<string>();
  for (const { newest, revoked } of licensesIn(register).values()) {
    if (!revoked && newest.token !== undefined && now < newest.exp) tokens.add(newest.token);
  }
  return tokens;
}

/** The enrolled computers by pseudonym, and those whose enrolment has ended, according to the publisher's register. */
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

/**
 * The computer behind a pseudonym. Each license has its own enrolment, but all licenses of a computer name the same device
 * key, so that its owner has one voice however many licenses were issued. An unknown pseudonym is a computer of its own.
 */
export function computersIn(register: Register): ComputerOf {
  const devices = new Map<string, string>();
  const first = new Map<string, string>();
  for (const entry of register.entries) {
    if (!("lid" in entry) || !entry.enrolment || !entry.device) continue;
    const { pid } = entry.enrolment;
    first.set(entry.device.id, first.get(entry.device.id) ?? pid);
    devices.set(pid, entry.device.id);
  }
  return (pseudonym) => first.get(devices.get(pseudonym) ?? "") ?? pseudonym;
}
