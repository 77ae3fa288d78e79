import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { LicenseEntry } from "../register/index.ts";
import { withIssuingContext, openIssuer } from "./issuing-context.ts";
import { writeLicense, type IssuedLicense } from "./write-license.ts";
import { type Applicant, readRequest } from "./read-request.ts";
import { type Changes, findLicense, targetsOf, composeSuccessorTerms } from "./successor.ts";

/** Issues the next license of a `lid`: the same customer, stick and computer, new dates. */
export async function renewLicense(
  order: Changes & { readonly requestFile?: string | undefined },
  now: UnixSeconds,
): Promise<Attempt<IssuedLicense>> {
  const targets = await targetsOf(order);
  if (!targets.ok) return targets;
  const issuer = await openIssuer(order.keys);
  if (!issuer.ok) return issuer;
  return withIssuingContext(issuer.value, now, async (context) => {
    const before = findLicense(context, order.lid);
    if (!before.ok) return before;
    const applicant = await sameDevice(before.value, order.requestFile);
    if (!applicant.ok) return applicant;
    const terms = await composeSuccessorTerms(context, before.value, order, applicant.value);
    if (!terms.ok) return terms;
    const written = await writeLicense(context, terms.value, { kind: "renewal" }, targets.value);
    return written.ok ? ok(written.value.issued) : written;
  });
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
