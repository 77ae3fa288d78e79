import { compareCounters } from "../../src-shared/ledger/index.ts";
import type { License, LicenseVerdict, Unlock } from "../../src-shared/license/index.ts";

export type Allowed = {
  readonly code: "OK" | "GRACE";
  readonly license: License;
  readonly unlock: Unlock;
  readonly graceDaysLeft: number;
};
export type Chosen = {
  readonly allowed: readonly Allowed[];
  readonly refusal: Exclude<LicenseVerdict, { code: "OK" | "GRACE" }>;
};

/**
 * Sorts the verdicts on all available licenses: those that allow, best first (valid before grace, without a passphrase
 * before with one, newest first), and the refusal that helps the viewer most. A refusal because of another stick helps
 * least.
 */
export function chooseLicense(verdicts: readonly LicenseVerdict[]): Chosen {
  const allowed: Allowed[] = [];
  let refusal: Chosen["refusal"] = { code: "MISSING" };
  for (const verdict of verdicts) {
    if (verdict.code === "OK" || verdict.code === "GRACE") {
      const graceDaysLeft = verdict.code === "GRACE" ? verdict.daysLeft : 0;
      allowed.push({ code: verdict.code, license: verdict.license, unlock: verdict.unlock, graceDaysLeft });
    } else if (weight(verdict) >= weight(refusal)) {
      refusal = verdict;
    }
  }
  return { allowed: allowed.toSorted(better), refusal };
}

function weight(refusal: Chosen["refusal"]): number {
  if (refusal.code === "MISSING") return 0;
  if (refusal.code === "WRONG_STICK") return 1;
  return refusal.license ? 3 : 2;
}

function better(a: Allowed, b: Allowed): number {
  if (a.code !== b.code) return a.code === "OK" ? -1 : 1;
  if (a.unlock !== b.unlock) return a.unlock === "device" ? -1 : 1;
  return compareCounters(b.license.counter, a.license.counter) || b.license.claims.iat - a.license.claims.iat;
}
