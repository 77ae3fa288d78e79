import type { LicenseTerms } from "./terms.ts";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { textOfTable } from "../records/index.ts";
import type { LicenseEntry } from "../register/index.ts";
import { parseBatch } from "./batch-rows.ts";
import { enrolmentFaults } from "./enrolment-faults.ts";
import { runningLicenses } from "./find-license.ts";
import { withIssuingContext, checkTargets, openIssuer } from "./issuing-context.ts";
import { writeLicense, type IssuedLicense } from "./write-license.ts";
import { type LicenseOrder, composeTerms } from "./issue-license.ts";
import { openStickForLicense, type StickForLicense } from "./stick-for-license.ts";

export type BatchOrder = Pick<LicenseOrder, "graceDays" | "minApp"> & {
  readonly keys: string;
  readonly stick: string;
  readonly csv: string;
  readonly outDir: string;
  /** Also issues a license to a customer who has one for this stick that still plays. */
  readonly again: boolean;
  /** Enrols the computer of each row for telemetry. */
  readonly enrol?: boolean;
};

/** A row whose customer has licenses for this stick that still play. */
export type KnownRow = {
  readonly line: number;
  readonly order: LicenseOrder;
  readonly licenses: readonly LicenseEntry[];
};

export type IssuedRow = { readonly line: number; readonly order: LicenseOrder; readonly issued: IssuedLicense };

type Fault = { readonly line: number; readonly message: string };
type Prepared = { readonly line: number; readonly order: LicenseOrder; readonly terms: LicenseTerms };

/**
 * Issues one license for each row of a table. Every row is checked before the first license is issued. A customer who has a
 * license for this stick gets no second one, so a table can be issued again with more rows.
 */
export async function issueBatch(
  batch: BatchOrder,
  now: UnixSeconds,
): Promise<Attempt<{ readonly issued: readonly IssuedRow[]; readonly known: readonly KnownRow[] }>> {
  const bytes = await readSmallFile(batch.csv, 4 * MIB);
  if (!bytes) return fail("NOT_FOUND", `${batch.csv} cannot be read: name a CSV file.`);
  const issuer = await openIssuer(batch.keys);
  if (!issuer.ok) return issuer;
  const stick = await openStickForLicense(issuer.value.publisher, batch.stick);
  if (!stick.ok) return stick;
  const { graceDays, minApp, outDir } = batch;
  const rows = parseBatch(textOfTable(bytes), { folder: dirname(batch.csv), outDir, graceDays, minApp, now });
  return withIssuingContext(issuer.value, now, async (context) => {
    const runningOf = ({ order }: Row) =>
      runningLicenses(context.register, { customer: order.customer, stickId: stick.value.stickId }, now);
    const { enrol = false } = batch;
    const found = rows.orders.map(({ line, order }) => {
      return { line, order: { ...order, enrol }, licenses: runningOf({ line, order }) };
    });
    const known = batch.again ? [] : found.filter(({ licenses }) => licenses.length > 0);
    const fresh = batch.again ? found : found.filter(({ licenses }) => licenses.length === 0);
    const checked = await checkRows(fresh, stick.value, now);
    const enrolled = enrol ? enrolmentFaults(found, checked.prepared, context.register, now) : [];
    const faults = [...rows.faults, ...checked.faults, ...enrolled].toSorted((a, b) => a.line - b.line);
    if (faults.length > 0) return refuse(batch.csv, faults);
    await mkdir(outDir, { recursive: true });
    const issued: IssuedRow[] = [];
    let { register } = context;
    for (const { line, order, terms } of checked.prepared) {
      const written = await writeLicense({ ...context, register }, terms, { kind: "license" }, order);
      if (!written.ok) return written;
      register = written.value.register;
      issued.push({ line, order, issued: written.value.issued });
    }
    return ok({ issued, known });
  });
}

type Row = { readonly line: number; readonly order: LicenseOrder };

async function checkRows(
  orders: readonly Row[],
  stick: StickForLicense,
  now: UnixSeconds,
): Promise<{ readonly prepared: readonly Prepared[]; readonly faults: readonly Fault[] }> {
  const prepared: Prepared[] = [];
  const faults: Fault[] = [];
  for (const { line, order } of orders) {
    const targets = await checkTargets(order.out, order.passphraseFile);
    const terms = targets.ok ? await composeTerms(order, stick, now) : targets;
    if (terms.ok) prepared.push({ line, order, terms: terms.value });
    else faults.push({ line, message: terms.error.message });
  }
  return { prepared, faults };
}

/** So many faults are shown; a table with more is of another kind. */
const SHOWN = 20;

function refuse(path: string, faults: readonly Fault[]) {
  const lines = faults.slice(0, SHOWN).map(({ line, message }) => `line ${line}: ${message}`);
  const more = faults.length > SHOWN ? ` (and ${faults.length - SHOWN} more)` : "";
  return fail("CSV_INVALID", `${path}, ${lines.join(" ")}${more} Nothing was issued.`, { faults });
}
