import { randomBytes } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { removeFile } from "../../src-shared/node/atomic-files.ts";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { LICENSE_SUFFIX } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { comparableFileName, fileNameOf } from "../file-names.ts";
import { exists } from "../paths.ts";
import { isLicenseEntry, type LicenseEntry, licensesIn, type Register, runningIn } from "../register/index.ts";
import { checkTargets, type IssuingContext } from "./issuing-context.ts";
import { generatePassphrase, readPassphrase } from "./passphrase.ts";
import type { StickForLicense } from "./stick-for-license.ts";
import type { LicenseTerms } from "./terms.ts";
import { type IssueReason, writeLicense } from "./write-license.ts";

/** A license for the new stick. `known`: an earlier run has issued it. */
export type ReplacedLicense = {
  readonly state: "issued" | "known";
  /** The `lid` of the license for the old stick. */
  readonly replaces: string;
  readonly lid: string;
  readonly seq: number;
  readonly sub: string;
  readonly exp: UnixSeconds;
  readonly out: string;
  readonly passphraseFile: string | undefined;
  /** Of the new license, if its file is still there. */
  readonly passphrase: string | undefined;
  readonly label: string;
};

type Replacement = { readonly from: string; readonly stick: StickForLicense; readonly outDir: string };

/** One license to issue again, and what an earlier run has left of it. */
type Planned = {
  readonly before: LicenseEntry;
  readonly successor: LicenseEntry | undefined;
  readonly isDone: boolean;
  readonly out: string;
  readonly passphraseFile: string | undefined;
  /** The passphrase that an earlier run has written. */
  readonly kept: string | undefined;
};

/** The licenses of a stick that still play, or that an earlier run has already issued again. */
export function licensesToReplace(register: Register, stickId: string, now: UnixSeconds): readonly LicenseEntry[] {
  const running = new Set(runningIn(register, now).map(({ lid }) => lid));
  const all = [...licensesIn(register).values()].map(({ newest }) => newest);
  return all.filter(({ lid, ...one }) => one.stickId === stickId && (running.has(lid) || successorOf(register, lid)));
}

/**
 * Issues the licenses of one stick again for another: the same customers, ends and terms. All are checked before the first
 * one is issued. A license that was entered in the register by a run that was stopped before its file was written, is issued
 * under its next number.
 */
export async function issueReplacements(
  context: IssuingContext,
  { from, stick, outDir }: Replacement,
): Promise<Attempt<readonly ReplacedLicense[]>> {
  const planned = await plan(context, from, outDir);
  if (!planned.ok) return planned;
  await mkdir(outDir, { recursive: true });
  const replaced: ReplacedLicense[] = [];
  let { register } = context;
  for (const one of planned.value) {
    const { before, successor, isDone, out, passphraseFile, kept } = one;
    const files = { out, passphraseFile, label: stick.label, replaces: before.lid };
    if (successor && isDone) {
      const { lid, seq, sub, exp } = successor;
      replaced.push({ state: "known", lid, seq, sub, exp, ...files, passphrase: kept });
      continue;
    }
    const passphrase = passphraseFile === undefined ? undefined : (kept ?? generatePassphrase());
    const lid = successor?.lid ?? idFromRandom(randomBytes(ID_LENGTH));
    const terms = { ...termsOf(before, stick), lid, passphrase };
    const reason: IssueReason = successor ? { kind: "renewal" } : { kind: "license", replaces: before.lid };
    const targets = kept === undefined ? { out, passphraseFile } : { out };
    // Cut off by the end of that run. The plan has seen that it is empty.
    if (passphraseFile !== undefined && kept === undefined) await removeFile(passphraseFile);
    const written = await writeLicense({ ...context, register }, terms, reason, targets);
    if (!written.ok) return written;
    register = written.value.register;
    const { seq, sub, exp } = written.value.issued.claims;
    replaced.push({ state: "issued", lid, seq, sub, exp, ...files, passphrase });
  }
  return ok(replaced);
}

async function plan(
  { register, now }: IssuingContext,
  from: string,
  outDir: string,
): Promise<Attempt<readonly Planned[]>> {
  const planned: Planned[] = [];
  const names = new Set<string>();
  for (const before of licensesToReplace(register, from, now)) {
    const { lid, sub, mode } = before;
    const isTaken = names.has(comparableFileName(fileNameOf(sub, "")));
    const name = isTaken ? `${sub}-${lid.slice(0, 6)}` : sub;
    names.add(comparableFileName(fileNameOf(name, "")));
    const out = join(outDir, fileNameOf(name, LICENSE_SUFFIX));
    const passphraseFile = mode === "device" ? undefined : join(outDir, fileNameOf(name, ".txt"));
    const successor = successorOf(register, lid);
    // Once the old license is revoked, a run has come to its end: the files may have been moved away.
    const isRevoked = licensesIn(register).get(lid)?.revoked === true;
    const isDone = successor !== undefined && (isRevoked || (await exists(out)));
    const kept = successor ? await passphraseIn(passphraseFile) : undefined;
    if (!isDone) {
      const checked = successor ? ok(undefined) : checkTerms(before);
      const isLeft = successor && (kept !== undefined || (await isEmptyFile(passphraseFile)));
      const targets = checked.ok ? await checkTargets(out, isLeft ? undefined : passphraseFile) : checked;
      if (!targets.ok) return targets;
    }
    planned.push({ before, successor, isDone, out, passphraseFile, kept });
  }
  return ok(planned);
}

/** Entries of older registers lack what a license needs. */
function checkTerms({ lid, sub, mode, device, grace, entitlements }: LicenseEntry): Attempt<undefined> {
  const remedy = `renew license ${lid} of ${sub} first`;
  if (mode !== "stick" && !device) {
    return fail("DEVICE_UNKNOWN", `The register does not have this computer's keys: ${remedy}, with its --request.`);
  }
  if (grace !== undefined && entitlements !== undefined) return ok(undefined);
  return fail(
    "REGISTER_INCOMPLETE",
    `The register entry has an older format: ${remedy}, with --grace-days and --all-videos.`,
  );
}

function termsOf(before: LicenseEntry, stick: StickForLicense): Omit<LicenseTerms, "lid" | "passphrase"> {
  const { sub, ring, exp, grace = 0, entitlements = [], minApp, device, enrolment, protection = {} } = before;
  const { vaultId, stickId, kek, fingerprint: stickMarks } = stick;
  const kept = { sub, ring, exp, grace, entitlements, minApp, protection, device, pid: enrolment?.pid };
  return { ...kept, vaultId, stickId, kek, stickMarks };
}

function successorOf(register: Register, lid: string): LicenseEntry | undefined {
  const issued = register.entries.filter(isLicenseEntry);
  const first = issued.find((entry) => entry.kind === "license" && entry.replaces === lid);
  return first && licensesIn(register).get(first.lid)?.newest;
}

async function passphraseIn(path: string | undefined): Promise<string | undefined> {
  const read = path === undefined ? undefined : await readPassphrase(path);
  return read?.ok ? read.value : undefined;
}

/** Where a run was stopped between making the file and writing the passphrase. */
async function isEmptyFile(path: string | undefined): Promise<boolean> {
  return path !== undefined && (await exists(path)) && (await stat(path)).size === 0;
}
