import type { IssuedLicense } from "../licenses/index.ts";
import { formatDate } from "../formatting.ts";
import type { Job } from "../job.ts";
import type { Outcome } from "./host.ts";
import { DEVELOPMENT_NOTE } from "./options.ts";

/** The outcome of every command that issues a license. */
export function describeLicense(
  job: Job,
  { claims, enrolment, sha256, developmentKeys, repaired }: IssuedLicense,
  { out, passphraseFile }: { readonly out: string; readonly passphraseFile?: string | undefined },
): Outcome {
  if (developmentKeys) job.note(DEVELOPMENT_NOTE);
  if (repaired) job.note(REPAIR_NOTE);
  const { lid, seq, sub, ring, nbf, exp, grace, bind, entitlements } = claims;
  const terms = { lid, seq, sub, ring, nbf, exp, grace, entitlements, bind };
  const secret = passphraseFile === undefined ? [] : [`Passphrase: ${passphraseFile} (${SEND_SEPARATELY})`];
  const enrolled = enrolment ? [`Enrolled for telemetry as ${enrolment.pid}: the app asks its user once.`] : [];
  const pid = enrolment?.pid ?? null;
  return {
    json: { ...terms, pid, out, passphraseFile: passphraseFile ?? null, sha256, developmentKeys },
    lines: [
      `License ${seq} (${lid}) for ${sub}, ring ${ring}, until ${formatDate(exp)}: ${out}`,
      ...secret,
      ...enrolled,
    ],
  };
}

const SEND_SEPARATELY = "send it separately from the license";

export const REPAIR_NOTE =
  "Note: the register's last line was unfinished, and no file was delivered for it; the line was removed.";
