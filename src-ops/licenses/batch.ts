import type { LicenseTerms } from "./terms.ts";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Publisher } from "../keys/index.ts";
import { readCustomers, textOfTable } from "../records/index.ts";
import type { LicenseEntry } from "../register/index.ts";
import { type BatchRow, type BatchRows, ordersForCustomers, parseBatch } from "./batch-rows.ts";
import { enrolmentFaults } from "./enrolment-faults.ts";
import { runningLicenses } from "./find-license.ts";
import { withIssuingContext, checkTargets, openIssuer } from "./issuing-context.ts";
import { writeLicense, type IssuedLicense } from "./write-license.ts";
import { type LicenseOrder, composeTerms } from "./issue-license.ts";
import { openStickForLicense, type StickForLicense } from "./stick-for-license.ts";

export type BatchOrder = Pick<LicenseOrder, "graceDays" | "minApp" | "protection"> & {
  readonly keys: string;
  /** For the rows that name no stick: its folder or its name. */
  readonly stick?: string | undefined;
  /** The table; without it, every customer gets a license of whom a stick and a duration are known. */
  readonly csv?: string | undefined;
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

export type IssuedRow = {
  readonly line: number;
  readonly order: LicenseOrder;
  /** What viewers see of the stick. */
  readonly label: string;
  readonly issued: IssuedLicense;
  readonly passphrase: string | undefined;
};

type Fault = { readonly line: number; readonly message: string };
type Prepared = OnStick & { readonly terms: LicenseTerms };

/**
 * Issues one license for each row of a table, or for each customer. Every row is checked before the first license is issued.
 * A customer who has a license for the same stick gets no second one, so a table can be issued again with more rows.
 */
export async function issueBatch(
  batch: BatchOrder,
  now: UnixSeconds,
): Promise<Attempt<{ readonly issued: readonly IssuedRow[]; readonly known: readonly KnownRow[] }>> {
  const issuer = await openIssuer(batch.keys);
  if (!issuer.ok) return issuer;
  const read = await readRows(batch, issuer.value.publisher, now);
  if (!read.ok) return read;
  const { source, rows } = read.value;
  const sticks = await openSticks(rows.orders, batch.stick, issuer.value.publisher);
  return withIssuingContext(issuer.value, now, async (context) => {
    const known: KnownRow[] = [];
    const fresh: OnStick[] = [];
    const { enrol = false } = batch;
    const orders = sticks.rows.map((row) => ({ ...row, order: { ...row.order, enrol } }));
    for (const row of orders) {
      const { customer } = row.order;
      const licenses = runningLicenses(context.register, { customer, stickId: row.stick.stickId }, now);
      if (licenses.length > 0 && !batch.again) known.push({ ...row, licenses });
      else fresh.push(row);
    }
    const checked = await checkRows(fresh, now);
    const enrolled = enrol ? enrolmentFaults(orders, checked.prepared, context.register, now) : [];
    const found = [...rows.faults, ...sticks.faults, ...checked.faults, ...enrolled];
    if (found.length > 0)
      return refuse(
        source,
        found.toSorted((a, b) => a.line - b.line),
      );
    await mkdir(batch.outDir, { recursive: true });
    const issued: IssuedRow[] = [];
    let { register } = context;
    for (const { line, order, terms, stick } of checked.prepared) {
      const written = await writeLicense({ ...context, register }, terms, { kind: "license" }, order);
      if (!written.ok) return written;
      register = written.value.register;
      issued.push({ line, order, label: stick.label, issued: written.value.issued, passphrase: terms.passphrase });
    }
    return ok({ issued, known });
  });
}

async function readRows(
  { csv, outDir, graceDays, minApp, protection }: BatchOrder,
  publisher: Publisher,
  now: UnixSeconds,
): Promise<Attempt<{ readonly source: string; readonly rows: BatchRows }>> {
  const location = { folder: dirname(csv ?? "."), outDir, graceDays, minApp, protection, now };
  if (csv === undefined) {
    const customers = await readCustomers(publisher);
    if (!customers.ok) return customers;
    return ok({ source: "The customer list", rows: ordersForCustomers(customers.value, location) });
  }
  const bytes = await readSmallFile(csv, 4 * MIB);
  if (!bytes) return fail("NOT_FOUND", `${csv} cannot be read: name a CSV file.`);
  return ok({ source: csv, rows: parseBatch(textOfTable(bytes), location) });
}

type OnStick = Omit<BatchRow, "stick"> & { readonly stick: StickForLicense };

/** Opens each stick once. */
async function openSticks(rows: readonly BatchRow[], common: string | undefined, publisher: Publisher) {
  const opened = new Map<string, Attempt<StickForLicense>>();
  const found: OnStick[] = [];
  const faults: Fault[] = [];
  for (const row of rows) {
    const name = row.stick ?? common;
    if (name === undefined) {
      faults.push({ line: row.line, message: "it names no stick, and there is no --stick." });
      continue;
    }
    const stick = opened.get(name) ?? (await openStickForLicense(publisher, name));
    opened.set(name, stick);
    if (stick.ok) found.push({ ...row, stick: stick.value });
    else faults.push({ line: row.line, message: stick.error.message });
  }
  return { rows: found, faults };
}

async function checkRows(
  rows: readonly OnStick[],
  now: UnixSeconds,
): Promise<{ readonly prepared: readonly Prepared[]; readonly faults: readonly Fault[] }> {
  const prepared: Prepared[] = [];
  const faults: Fault[] = [];
  for (const row of rows) {
    const targets = await checkTargets(row.order.out, row.order.passphraseFile);
    const terms = targets.ok ? await composeTerms(row.order, row.stick, now) : targets;
    if (terms.ok) prepared.push({ ...row, terms: terms.value });
    else faults.push({ line: row.line, message: terms.error.message });
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
