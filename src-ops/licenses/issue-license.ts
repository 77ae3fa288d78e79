import type { LicenseTerms } from "./terms.ts";
import { randomBytes } from "node:crypto";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { AddedProtection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { DAY, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import type { LicenseEntry } from "../register/index.ts";
import { runningLicenses } from "./find-license.ts";
import { withIssuingContext, checkTargets, openIssuer } from "./issuing-context.ts";
import { writeLicense, type IssuedLicense } from "./write-license.ts";
import { generatePassphrase } from "./passphrase.ts";
import { readRequest } from "./read-request.ts";
import { openStickForLicense, type StickForLicense } from "./stick-for-license.ts";
import { chooseStickFingerprint } from "../records/index.ts";

/** The order for one customer's license on one stick. */
export type LicenseOrder = {
  readonly customer: string;
  readonly requestFile?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly exp: UnixSeconds;
  readonly graceDays: number;
  readonly ring: Ring;
  /** Video ids; empty means all videos. */
  readonly entitle: readonly string[];
  readonly minApp: string;
  /** Makes the protection of the vault stricter. */
  readonly protection?: AddedProtection | undefined;
  /** Whether to enrol the computer for telemetry; its user is then asked once for consent. */
  readonly enrol?: boolean | undefined;
  readonly out: string;
};

/**
 * Issues one license: enters it in the register first, then writes it. Never overwrites a file. `others` are the licenses that
 * its customer already had for this stick and that still play.
 */
export async function issueLicense(
  order: LicenseOrder & { readonly keys: string; readonly stick: string },
  now: UnixSeconds,
): Promise<Attempt<IssuedLicense & { readonly others: readonly LicenseEntry[] }>> {
  const targets = await checkTargets(order.out, order.passphraseFile);
  if (!targets.ok) return targets;
  const issuer = await openIssuer(order.keys);
  if (!issuer.ok) return issuer;
  const stick = await openStickForLicense(issuer.value.publisher, order.stick);
  if (!stick.ok) return stick;
  const terms = await composeTerms(order, stick.value, now);
  if (!terms.ok) return terms;
  return withIssuingContext(issuer.value, now, async (context) => {
    const { customer } = order;
    const others = runningLicenses(context.register, { customer, stickId: stick.value.stickId }, now);
    const written = await writeLicense(context, terms.value, { kind: "license" }, order);
    return written.ok ? ok({ ...written.value.issued, others }) : written;
  });
}

/** Checks an order against its stick, and creates the license's own `lid`, passphrase and pseudonym. */
export async function composeTerms(
  order: LicenseOrder,
  stick: StickForLicense,
  now: UnixSeconds,
): Promise<Attempt<LicenseTerms>> {
  if (order.exp <= now) return fail("USAGE", `${formatDate(order.exp)} is over: name a later end.`);
  const entitlements = checkEntitlements(order.entitle, stick);
  if (!entitlements.ok) return entitlements;
  const applicant = order.requestFile === undefined ? ok(undefined) : await readRequest(order.requestFile, stick);
  if (!applicant.ok) return applicant;
  if (order.enrol && !applicant.value) return fail("USAGE", "An enrolment is for one computer: name its --request.");
  const stickMarks = chooseStickFingerprint(stick.fingerprint, applicant.value?.stickMarks, stick.path);
  if (!stickMarks.ok) return stickMarks;
  return ok({
    lid: idFromRandom(randomBytes(ID_LENGTH)),
    sub: order.customer,
    ring: order.ring,
    exp: order.exp,
    grace: order.graceDays * DAY,
    entitlements: entitlements.value,
    minApp: order.minApp,
    protection: order.protection ?? {},
    vaultId: stick.vaultId,
    stickId: stick.stickId,
    kek: stick.kek,
    device: applicant.value?.device,
    stickMarks: stickMarks.value,
    passphrase: order.passphraseFile === undefined ? undefined : generatePassphrase(),
    pid: order.enrol ? newPseudonym() : undefined,
  });
}

/** A random pseudonym. Only the register links it to a name. */
export function newPseudonym(): string {
  return idFromRandom(randomBytes(ID_LENGTH));
}

/** Checks that the stick has these video ids; empty means all videos. */
export function checkEntitlements(entitle: readonly string[], stick: StickForLicense): Attempt<readonly string[]> {
  const unknown = entitle.find((id) => !stick.videoIds.includes(id));
  if (unknown !== undefined) {
    return fail("VIDEO_UNKNOWN", `No video ${unknown} on ${stick.path}: see \`vaultctl ls\`.`);
  }
  return ok(entitle.length > 0 ? entitle : ["*"]);
}
