import { err, ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, type Failure, fail } from "../failure.ts";
import type { LicenseEntry } from "../register/index.ts";
import { findLicense } from "./find-license.ts";
import { type IssuingContext, withIssuingContext, openIssuer } from "./issuing-context.ts";
import { writeLicense, type IssuedLicense } from "./write-license.ts";
import { type Applicant, readRequest } from "./read-request.ts";
import { type Changes, composeSuccessorTerms, outputFor, type WrittenFiles } from "./successor.ts";
import type { LicenseTerms } from "./terms.ts";

export type RenewalOrder = Changes & {
  /** Each by its id, or by its customer. */
  readonly licenses: readonly string[];
  /** The same computer's request, if the register does not have its keys. */
  readonly requestFile?: string | undefined;
};

export type RenewedLicense = IssuedLicense & WrittenFiles & { readonly endedBefore: UnixSeconds };

type Prepared = { readonly before: LicenseEntry; readonly terms: LicenseTerms; readonly files: WrittenFiles };

/** Issues the next license of each `lid`: the same customer, stick and computer, new dates. All are checked before the first
 * one is issued.
 */
export async function renewLicenses(
  order: RenewalOrder,
  now: UnixSeconds,
): Promise<Attempt<readonly RenewedLicense[]>> {
  const issuer = await openIssuer(order.keys);
  if (!issuer.ok) return issuer;
  return withIssuingContext(issuer.value, now, async (context) => {
    const prepared = await prepareAll(context, order);
    if (!prepared.ok) return prepared;
    const renewed: RenewedLicense[] = [];
    let { register } = context;
    for (const { before, terms, files } of prepared.value) {
      const written = await writeLicense({ ...context, register }, terms, { kind: "renewal" }, files);
      if (!written.ok) return written;
      register = written.value.register;
      renewed.push({ ...written.value.issued, ...files, endedBefore: before.exp });
    }
    return ok(renewed);
  });
}

async function prepareAll(context: IssuingContext, order: RenewalOrder): Promise<Attempt<readonly Prepared[]>> {
  const prepared: Prepared[] = [];
  const failures: Failure[] = [];
  for (const name of order.licenses) {
    const one = await prepare(context, name, order);
    const twin = one.ok ? prepared.find(({ before }) => before.lid === one.value.before.lid) : undefined;
    if (!one.ok) failures.push(one.error);
    else if (twin) failures.push({ code: "USAGE", message: `License ${twin.before.lid} is named twice.` });
    else if (prepared.some(({ files }) => files.out === one.value.files.out))
      failures.push({
        code: "USAGE",
        message: `Two licenses would be written to ${one.value.files.out}: renew one by one.`,
      });
    else prepared.push(one.value);
  }
  const [first, ...others] = failures;
  if (!first) return ok(prepared);
  if (order.licenses.length === 1) return err(first);
  const faults = [first, ...others].map(({ code, message }) => ({ code, message }));
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return fail(first.code, `${first.message}${more} Nothing was issued.`, { faults });
}

async function prepare(context: IssuingContext, name: string, order: RenewalOrder): Promise<Attempt<Prepared>> {
  const before = findLicense(context.register, name, context.now);
  if (!before.ok) return before;
  const applicant = await sameDevice(before.value, order.requestFile);
  if (!applicant.ok) return applicant;
  const terms = await composeSuccessorTerms(context, before.value, order, applicant.value);
  if (!terms.ok) return terms;
  const files = await outputFor(terms.value, order);
  return files.ok ? ok({ before: before.value, terms: terms.value, files: files.value }) : files;
}

async function sameDevice(before: LicenseEntry, requestFile: string | undefined): Promise<Attempt<Partial<Applicant>>> {
  if (before.mode === "stick") {
    if (requestFile === undefined) return ok({});
    return fail("REQUEST_MISMATCH", "This license is for any computer: issue a new one for this computer.");
  }
  if (requestFile === undefined) {
    if (before.device) return ok({ device: before.device });
    return fail("DEVICE_UNKNOWN", "The register does not have this computer's keys: name its --request again.");
  }
  const applicant = await readRequest(requestFile, before);
  if (!applicant.ok || !before.device) return applicant;
  const { device, stickMarks } = applicant.value;
  // An older app sends no fingerprint: then the one in the register is kept.
  if (before.device.id === device.id) return ok({ device: { ...before.device, ...device }, stickMarks });
  return fail("REQUEST_MISMATCH", `${requestFile} comes from another computer: see \`vaultctl license transfer\`.`);
}
