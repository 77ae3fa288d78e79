import { ok } from "../../src-shared/result.ts";
import { DAY, type UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { loadPublisher, type Publisher, publicKeysOf, loadTrust } from "../keys/index.ts";
import {
  type LicenseEntry,
  type LicenseRecord,
  licensesIn,
  readRegister,
  type Register,
  revokedIn,
} from "../register/index.ts";

export type ListedLicense = Pick<
  LicenseEntry,
  "lid" | "seq" | "sub" | "ring" | "mode" | "vaultId" | "stickId" | "exp"
> & {
  readonly grace: number;
  readonly entitlements: readonly string[] | null;
  readonly device: string | null;
  /** The pseudonym under which its computer is enrolled for telemetry. */
  readonly pid: string | null;
  /** `key-retired`: signed by a key that is no longer valid; a renewal makes the license valid again. */
  readonly state: "active" | "grace" | "ended" | "revoked" | "key-retired";
};

/** The current state of every license, of one customer or of all. */
export async function listLicenses(
  keys: string,
  filter: { readonly customer?: string | undefined; readonly expiring?: number | undefined },
  now: UnixSeconds,
): Promise<Attempt<readonly ListedLicense[]>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const register = await readRegister(publisher.value.folder);
  if (!register.ok) return register;
  const all = await viewLicenses(publisher.value, register.value, now);
  if (!all.ok) return all;
  const { customer, expiring } = filter;
  return ok(
    all.value
      .filter(({ sub }) => customer === undefined || sub === customer)
      .filter((license) => expiring === undefined || endsWithin(license, now, expiring)),
  );
}

/** The current state of every license in the register. */
export async function viewLicenses(
  publisher: Publisher,
  register: Register,
  now: UnixSeconds,
): Promise<Attempt<readonly ListedLicense[]>> {
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const revokedKeys = revokedIn(register).keys;
  const validKids = trust.value.roots
    .filter(({ kid, retired }) => !retired && !revokedKeys.has(kid))
    .map(({ kid }) => kid);
  return ok([...licensesIn(register).values()].map((record) => viewLicense(record, validKids, now)));
}

function viewLicense(
  { newest, revoked }: LicenseRecord,
  validKids: readonly string[],
  now: UnixSeconds,
): ListedLicense {
  const {
    lid,
    seq,
    sub,
    ring,
    mode,
    vaultId,
    stickId,
    exp,
    grace = 0,
    entitlements = null,
    device,
    enrolment,
  } = newest;
  const computer = { device: device?.id ?? null, pid: enrolment?.pid ?? null };
  const terms = { lid, seq, sub, ring, mode, vaultId, stickId, exp, grace, entitlements, ...computer };
  if (revoked) return { ...terms, state: "revoked" };
  const state = stateOf(exp, grace, now);
  return { ...terms, state: state === "ended" || validKids.includes(newest.kid) ? state : "key-retired" };
}

function stateOf(exp: UnixSeconds, grace: number, now: UnixSeconds): "active" | "grace" | "ended" {
  if (now < exp) return "active";
  return now < exp + grace ? "grace" : "ended";
}

// A license in its grace period is the most urgent to renew.
function endsWithin({ exp, state }: ListedLicense, now: UnixSeconds, days: number): boolean {
  return state === "grace" || (state === "active" && exp <= now + days * DAY);
}
