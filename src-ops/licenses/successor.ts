import type { LicenseTerms } from "./terms.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { DAY, KIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadVaultKey } from "../keys/index.ts";
import { type LicenseEntry, licensesIn, type RegisteredDevice } from "../register/index.ts";
import { checkTargets, type IssuingContext } from "./issuing-context.ts";
import type { OutputFiles } from "./write-license.ts";
import { checkEntitlements, newPseudonym } from "./issue-license.ts";
import { generatePassphrase, isPassphrase } from "./passphrase.ts";
import type { Applicant } from "./read-request.ts";
import { openStickForLicense, type StickForLicense } from "./stick-for-license.ts";
import { chooseStickFingerprint } from "./stick-fingerprint.ts";

/** The terms that a later license of the same `lid` may change; all others stay. */
export type Changes = {
  readonly keys: string;
  readonly lid: string;
  /** The new end: so many days from now, or at a time. */
  readonly days?: number | undefined;
  readonly until?: UnixSeconds | undefined;
  readonly graceDays?: number | undefined;
  readonly ring?: Ring | undefined;
  readonly minApp?: string | undefined;
  /** Video ids, checked on `stick`, whose fingerprint is read again. */
  readonly entitle?: readonly string[] | undefined;
  readonly allVideos?: boolean | undefined;
  readonly stick?: string | undefined;
  /** Generates a new passphrase and writes it to this file. */
  readonly passphraseFile?: string | undefined;
  /** Keeps the passphrase in this file. */
  readonly samePassphraseFile?: string | undefined;
  /** Enrols the computer for telemetry; an enrolled computer stays enrolled. */
  readonly enrol?: boolean | undefined;
  readonly out: string;
};

/** The newest entry of a license; fails if it is unknown or revoked. */
export function findLicense({ register }: Pick<IssuingContext, "register">, lid: string): Attempt<LicenseEntry> {
  const license = licensesIn(register).get(lid);
  if (!license) return fail("LICENSE_UNKNOWN", `No license ${lid} in the register: see \`vaultctl license list\`.`);
  if (license.revoked) return fail("LICENSE_REVOKED", `License ${lid} is permanently revoked: issue a new one.`);
  return ok(license.newest);
}

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
  const exp = endOf(changes, context.now) ?? before.exp;
  if (exp <= context.now) return fail("LICENSE_ENDED", `License ${before.lid} has ended: name --days or --until.`);
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
export async function targetsOf({ out, passphraseFile }: Changes): Promise<Attempt<OutputFiles>> {
  const checked = await checkTargets(out, passphraseFile);
  return checked.ok ? ok({ out, passphraseFile }) : checked;
}

function endOf({ days, until }: Changes, now: UnixSeconds): UnixSeconds | undefined {
  return days === undefined ? until : now + days * DAY;
}

type Kept = Pick<LicenseTerms, "ring" | "grace" | "entitlements" | "minApp">;

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
  return ok({ ring, minApp, grace, entitlements: entitlements.value });
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
  const named = passphraseFile !== undefined || samePassphraseFile !== undefined;
  if (before.mode === "device") {
    return named ? fail("USAGE", "This license is for one computer: it has no passphrase.") : ok(undefined);
  }
  if (samePassphraseFile !== undefined) return readPassphrase(samePassphraseFile);
  if (passphraseFile !== undefined) return ok(generatePassphrase());
  return fail(
    "USAGE",
    "This license has a passphrase: name --same-passphrase FILE, or --passphrase-file for a new one.",
  );
}

async function readPassphrase(path: string): Promise<Attempt<string>> {
  const text = (await readSmallFile(path, KIB))?.toString("utf8").trim();
  if (text !== undefined && isPassphrase(text)) return ok(text);
  return fail("PASSPHRASE_INVALID", `${path} does not hold a passphrase that vaultctl generated.`);
}
