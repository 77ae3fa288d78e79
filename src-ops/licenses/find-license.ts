import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher } from "../keys/index.ts";
import { formatDate } from "../formatting.ts";
import {
  type LicenseEntry,
  type LicenseRecord,
  licensesIn,
  readRegister,
  type Register,
  runningIn,
} from "../register/index.ts";

/** The newest entry of a license, which is named by its id or by its customer, if this customer has only one. */
export function findLicense(register: Register, name: string, now: UnixSeconds): Attempt<LicenseEntry> {
  const found = licensesNamed(register, name);
  if (!found.ok) return found;
  const valid = found.value.filter(({ revoked }) => !revoked).map(({ newest }) => newest);
  if (valid.length === 0) return fail("LICENSE_REVOKED", `License ${name} is permanently revoked: issue a new one.`);
  return onlyOne(register, name, valid, now);
}

/** The ids of the licenses to revoke. Those of a customer whose licenses are all revoked already may be named again. */
export function findToRevoke(register: Register, name: string, now: UnixSeconds): Attempt<readonly string[]> {
  const found = licensesNamed(register, name);
  if (!found.ok) return found;
  const valid = found.value.filter(({ revoked }) => !revoked).map(({ newest }) => newest);
  if (valid.length === 0) return ok(found.value.map(({ newest }) => newest.lid));
  const one = onlyOne(register, name, valid, now);
  return one.ok ? ok([one.value.lid]) : one;
}

/** The licenses of a customer on one stick that still play. */
export function runningLicenses(
  register: Register,
  { customer, stickId }: { readonly customer: string; readonly stickId: string },
  now: UnixSeconds,
): readonly LicenseEntry[] {
  return runningIn(register, now).filter((license) => license.sub === customer && license.stickId === stickId);
}

function licensesNamed(register: Register, name: string): Attempt<readonly LicenseRecord[]> {
  const licenses = licensesIn(register);
  const byId = licenses.get(name);
  if (byId) return ok([byId]);
  const ofCustomer = [...licenses.values()].filter(({ newest }) => newest.sub === name);
  if (ofCustomer.length > 0) return ok(ofCustomer);
  return fail("LICENSE_UNKNOWN", `No license or customer ${name} in the register: see \`vaultctl license list\`.`);
}

// Licenses that have ended are meant only if there is no other one.
function onlyOne(
  register: Register,
  name: string,
  valid: readonly LicenseEntry[],
  now: UnixSeconds,
): Attempt<LicenseEntry> {
  const playing = new Set(runningIn(register, now));
  const running = valid.filter((license) => playing.has(license));
  const [license, ...others] = running.length > 0 ? running : valid;
  if (license && others.length === 0) return ok(license);
  const licenses = [license, ...others].flatMap((one) => (one ? [one] : []));
  const listed = licenses.map(({ lid, exp }) => `${lid} until ${formatDate(exp)}`).join(", ");
  return fail(
    "LICENSE_AMBIGUOUS",
    `Customer ${name} has ${licenses.length} licenses: name one by its id (${listed}).`,
    {
      licenses: licenses.map(({ lid }) => lid),
    },
  );
}

/** The customers whose licenses for a vault still play and name their videos: they do not include a new one. */
export async function limitedLicenses(
  keys: string,
  vaultId: string,
  now: UnixSeconds,
): Promise<Attempt<readonly string[]>> {
  const publisher = await loadPublisher(keys);
  const register = publisher.ok ? await readRegister(publisher.value.folder) : publisher;
  if (!register.ok) return register;
  const running = runningIn(register.value, now).filter((license) => license.vaultId === vaultId);
  return ok(running.filter(({ entitlements }) => entitlements?.includes("*") !== true).map(({ sub }) => sub));
}
