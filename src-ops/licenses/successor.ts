import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LicenseTerms } from "./terms.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { AddedProtection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { DAY, type UnixSeconds } from "../../src-shared/units.ts";
import { addDuration, type Duration } from "../calendar.ts";
import { LICENSE_SUFFIX } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { fileNameOf } from "../file-names.ts";
import { formatDate } from "../formatting.ts";
import { isFolder } from "../paths.ts";
import { loadVaultKey } from "../keys/index.ts";
import type { LicenseEntry, RegisteredDevice } from "../register/index.ts";
import { checkTargets, type IssuingContext } from "./issuing-context.ts";
import type { OutputFiles } from "./write-license.ts";
import { checkEntitlements, newPseudonym } from "./issue-license.ts";
import { generatePassphrase, readPassphrase } from "./passphrase.ts";
import type { Applicant } from "./read-request.ts";
import { openStickForLicense, type StickForLicense } from "./stick-for-license.ts";
import { chooseStickFingerprint } from "../records/index.ts";

/** The terms that a later license of the same `lid` may change; all others stay. */
export type Changes = {
  readonly keys: string;
  /** The new end. */
  readonly until?: UnixSeconds | undefined;
  /** How much later it ends; from now on, if it has ended already. */
  readonly extend?: Duration | undefined;
  readonly graceDays?: number | undefined;
  readonly ring?: Ring | undefined;
  readonly minApp?: string | undefined;
  /** What it does not name stays. */
  readonly protection?: AddedProtection | undefined;
  /** Video ids, checked on `stick`, whose fingerprint is read again. */
  readonly entitle?: readonly string[] | undefined;
  readonly allVideos?: boolean | undefined;
  readonly stick?: string | undefined;
  /** Generates a new passphrase and writes it to this file; by default beside the license, unless it is kept. */
  readonly passphraseFile?: string | undefined;
  /** Keeps the passphrase in this file, or in the file CUSTOMER.txt of this folder. */
  readonly samePassphraseFile?: string | undefined;
  /** Enrols the computer for telemetry; an enrolled computer stays enrolled. */
  readonly enrol?: boolean | undefined;
  /** The license file; by default CUSTOMER-END.uvvlic in `outDir`. */
  readonly out?: string | undefined;
  readonly outDir?: string | undefined;
};

/** The terms of the next license of this `lid`, for the given computer if any. */
export async function composeSuccessorTerms(
  context: IssuingContext,
  before: LicenseEntry,
  changes: Changes,
  applicant: Partial<Applicant>,
): Promise<Attempt<LicenseTerms>> {
  const stick = await stickOf(context, before, changes);
  if (!stick.ok) return stick;
  const kept = keptOrChanged(before, changes, stick.value);
  if (!kept.ok) return kept;
  const stickMarks = chooseStickFingerprint(stick.value?.fingerprint, applicant.stickMarks, changes.stick ?? "");
  if (!stickMarks.ok) return stickMarks;
  const exp = endOf(before, changes, context.now);
  if (exp <= context.now) return fail("LICENSE_ENDED", `License ${before.lid} has ended: name a later end.`);
  const passphrase = await passphraseFor(before, changes);
  if (!passphrase.ok) return passphrase;
  const kek = await loadVaultKey(context.publisher, before.vaultId);
  if (!kek.ok) return kek;
  const { lid, sub, vaultId, stickId } = before;
  return ok({
    ...kept.value,
    lid,
    sub,
    vaultId,
    stickId,
    exp,
    kek: kek.value,
    device: applicant.device,
    stickMarks: stickMarks.value ?? before.stickMarks,
    passphrase: passphrase.value,
    pid: pseudonymAfter(before, changes, applicant.device),
  });
}

// A pseudonym belongs to one computer: another computer gets a new one.
function pseudonymAfter(before: LicenseEntry, { enrol }: Changes, device: RegisteredDevice | undefined) {
  const isSame = before.enrolment !== undefined && before.device?.id === device?.id;
  if (isSame) return before.enrolment?.pid;
  return enrol || before.enrolment ? newPseudonym() : undefined;
}

/** The output files. Refuses to overwrite a file, and to write a passphrase onto a stick. */
export async function outputFor(
  { sub, exp, passphrase }: LicenseTerms,
  changes: Changes,
): Promise<Attempt<WrittenFiles>> {
  const { outDir = ".", samePassphraseFile } = changes;
  const out =
    changes.out ?? join(outDir, fileNameOf(`${sub}-${formatDate(exp).slice(0, "yyyy-mm-dd".length)}`, LICENSE_SUFFIX));
  const isNew = passphrase !== undefined && samePassphraseFile === undefined;
  const passphraseFile = changes.passphraseFile ?? (isNew ? `${out.replace(/\.uvvlic$/, "")}.txt` : undefined);
  const checked = await checkTargets(out, passphraseFile);
  if (!checked.ok) return checked;
  await mkdir(dirname(out), { recursive: true });
  return ok({ out, passphraseFile });
}
/** The files that were written for a license. */
export type WrittenFiles = Required<OutputFiles>;

function endOf({ exp }: LicenseEntry, { until, extend }: Changes, now: UnixSeconds): UnixSeconds {
  return extend === undefined ? (until ?? exp) : addDuration(Math.max(exp, now), extend);
}

type Kept = Pick<LicenseTerms, "ring" | "grace" | "entitlements" | "minApp" | "protection">;

function keptOrChanged(before: LicenseEntry, changes: Changes, stick: StickForLicense | undefined): Attempt<Kept> {
  const grace = changes.graceDays === undefined ? before.grace : changes.graceDays * DAY;
  const entitlements = entitlementsOf(before, changes, stick);
  if (!entitlements.ok) return entitlements;
  if (grace === undefined || entitlements.value === undefined) {
    return fail(
      "REGISTER_INCOMPLETE",
      `The register entry of this license has an older format: name --grace-days, and --all-videos or --entitle.`,
    );
  }
  const { ring = before.ring, minApp = before.minApp } = changes;
  const protection = { ...before.protection, ...changes.protection };
  return ok({ ring, minApp, protection, grace, entitlements: entitlements.value });
}

function entitlementsOf(before: LicenseEntry, changes: Changes, stick: StickForLicense | undefined) {
  if (changes.allVideos) return ok(["*"]);
  if (changes.entitle === undefined || changes.entitle.length === 0) return ok(before.entitlements);
  if (!stick) return fail("USAGE", "--entitle needs --stick, to look the videos up.");
  return checkEntitlements(changes.entitle, stick);
}

/** The named stick, if any; it must be the stick of the license. */
async function stickOf(
  context: IssuingContext,
  before: LicenseEntry,
  changes: Changes,
): Promise<Attempt<StickForLicense | undefined>> {
  if (changes.stick === undefined) return ok(undefined);
  const stick = await openStickForLicense(context.publisher, changes.stick);
  if (!stick.ok || stick.value.stickId === before.stickId) return stick;
  return fail("REQUEST_MISMATCH", `The license is for stick ${before.stickId}, this one is ${stick.value.stickId}.`);
}

// The wrapped key is bound to `seq`, so the passphrase is needed again; only its owner has it.
async function passphraseFor(before: LicenseEntry, changes: Changes): Promise<Attempt<string | undefined>> {
  const { passphraseFile, samePassphraseFile } = changes;
  const folder =
    samePassphraseFile !== undefined && (await isFolder(samePassphraseFile)) ? samePassphraseFile : undefined;
  if (before.mode === "device") {
    // A folder has the passphrases of those licenses that have one.
    const named = passphraseFile !== undefined || (samePassphraseFile !== undefined && folder === undefined);
    return named ? fail("USAGE", "This license is for one computer: it has no passphrase.") : ok(undefined);
  }
  if (folder !== undefined) return readPassphrase(join(folder, `${before.sub}.txt`));
  if (samePassphraseFile !== undefined) return readPassphrase(samePassphraseFile);
  return ok(generatePassphrase());
}
