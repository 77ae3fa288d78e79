import { basename, join } from "node:path";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { LICENSE_SUFFIX } from "../../src-shared/vault/index.ts";
import { addDuration, parseDuration, parseMoment } from "../calendar.ts";
import { comparableFileName, fileNameOf } from "../file-names.ts";
import { type CsvRecord, type Customer, parseCsv } from "../records/index.ts";
import type { LicenseOrder } from "./issue-license.ts";

const COLUMNS = ["customer", "days", "until", "stick", "ring", "request", "passphrase", "entitle"] as const;
type Column = (typeof COLUMNS)[number];

export type BatchLocation = Pick<LicenseOrder, "graceDays" | "minApp" | "protection"> & {
  /** The folder to which request files are relative. */
  readonly folder: string;
  readonly outDir: string;
  readonly now: UnixSeconds;
};

/** One order; `stick`: the stick that it names itself, by folder or name. */
export type BatchRow = { readonly line: number; readonly order: LicenseOrder; readonly stick: string | undefined };

export type BatchRows = {
  readonly orders: readonly BatchRow[];
  readonly faults: readonly { readonly line: number; readonly message: string }[];
};

/** Reads a table of orders. Every invalid row gives a fault with its line number. */
export function parseBatch(text: string, location: BatchLocation): BatchRows {
  const table = parseCsv(text);
  if (!table.ok) return { orders: [], faults: [{ line: table.error, message: "a quote is in the wrong place." }] };
  const [header, ...records] = table.value;
  const columns = header ? columnsOf(header.cells) : err("the file is empty.");
  if (!columns.ok) return { orders: [], faults: [{ line: header?.line ?? 1, message: columns.error }] };
  if (records.length === 0) return { orders: [], faults: [{ line: 1, message: "there is no row below the names." }] };
  const orders: BatchRow[] = [];
  const faults: { line: number; message: string }[] = [];
  for (const record of records) {
    const order = orderOf(record, columns.value, location);
    if (!order.ok) {
      faults.push({ line: record.line, message: order.error });
      continue;
    }
    orders.push({ line: record.line, ...order.value });
  }
  return { orders, faults: [...faults, ...sharedNames(orders)] };
}

/** Only Linux tells files apart by the case of their names; and two names may differ only in what a file name cannot have. */
function sharedNames(orders: readonly BatchRow[]): { line: number; message: string }[] {
  const seen = new Map<string, BatchRow>();
  return orders.flatMap((row) => {
    const { customer, out } = row.order;
    const before = seen.get(comparableFileName(out));
    seen.set(comparableFileName(out), row);
    if (!before) return [];
    const isSame = customer.toLowerCase() === before.order.customer.toLowerCase();
    const named = `the files of ${customer} have the names of those of ${before.order.customer} in line ${before.line}.`;
    return [{ line: row.line, message: isSame ? `${customer} is already in line ${before.line}.` : named }];
  });
}

function filesOf(outDir: string, name: string) {
  return {
    out: join(outDir, fileNameOf(name, LICENSE_SUFFIX)),
    passphraseFile: join(outDir, fileNameOf(name, ".txt")),
  };
}

// The root of a drive of Windows, such as `E:\`, has no name but its letter.
function nameOfStick(stick: string): string {
  return basename(stick) || stick.replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function columnsOf(names: readonly string[]): Result<readonly Column[], string> {
  const columns = names.map((name) => name.trim().toLowerCase());
  const unknown = columns.find((name) => !COLUMNS.some((column) => column === name));
  if (unknown !== undefined) return err(`no column is named "${unknown}"; there are ${COLUMNS.join(", ")}.`);
  if (new Set(columns).size !== columns.length) return err("a column occurs twice.");
  if (!columns.includes("customer")) return err("customer is needed.");
  if (!columns.includes("days") && !columns.includes("until")) return err("days or until is needed.");
  const entitle = columns.indexOf("entitle");
  if (entitle >= 0 && entitle !== columns.length - 1) return err("entitle must be the last column.");
  return ok(columns as Column[]);
}

function orderOf(
  { cells }: CsvRecord,
  columns: readonly Column[],
  location: BatchLocation,
): Result<Omit<BatchRow, "line">, string> {
  const cell = (column: Column) => cells[columns.indexOf(column)]?.trim() ?? "";
  const entitle = columns.includes("entitle") ? cells.slice(columns.length - 1).map((id) => id.trim()) : [];
  if (entitle.length === 0 && cells.length > columns.length) return err("it has more cells than there are columns.");
  const [customer, ring, request] = [cell("customer"), cell("ring") || "ga", cell("request")];
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(customer) || /^\.+$/.test(customer)) {
    return err("customer must be 1 to 64 of the characters A-Z a-z 0-9 . _ -");
  }
  const exp = endOf(cell("days"), cell("until"), location.now);
  if (!exp.ok) return exp;
  if (!isRing(ring)) return err(`ring must be one of ${RINGS.join(", ")}.`);
  if (!["", "yes"].includes(cell("passphrase"))) return err("passphrase must be yes or empty.");
  const passphrase = cell("passphrase") === "yes";
  if (request === "" && !passphrase) return err("it needs a request file, or yes under passphrase.");
  const { graceDays, minApp, protection, folder, outDir } = location;
  const ids = entitle.filter((id) => id !== "");
  if (ids.length > 200) return err("a license names at most 200 videos.");
  const stick = cell("stick") || undefined;
  // A customer may have several sticks, each with a license of its own.
  const files = filesOf(outDir, stick === undefined ? customer : `${customer}-${nameOfStick(stick)}`);
  const order = {
    customer,
    exp: exp.value,
    ring,
    graceDays,
    minApp,
    protection,
    entitle: ids,
    requestFile: request === "" ? undefined : join(folder, request),
    passphraseFile: passphrase ? files.passphraseFile : undefined,
    out: files.out,
  };
  return ok({ order, stick });
}

/**
 * The orders for all customers of whom a stick and a duration are known: a license with a passphrase for each. `line` is the
 * customer's place in the list.
 */
export function ordersForCustomers(customers: readonly Customer[], location: BatchLocation): BatchRows {
  const { graceDays, minApp, protection, outDir, now } = location;
  const orders = customers.flatMap(({ number, stick, days }, index): BatchRow[] => {
    const length = days === undefined ? undefined : parseDuration(days);
    if (stick === undefined || length === undefined) return [];
    const order = {
      customer: number,
      exp: addDuration(now, length),
      ring: "ga",
      graceDays,
      minApp,
      protection,
      entitle: [],
      ...filesOf(outDir, number),
    } as const;
    return [{ line: index + 1, order, stick }];
  });
  const none = { line: 1, message: "no customer has a stick and days." };
  return { orders, faults: orders.length === 0 ? [none] : sharedNames(orders) };
}

function endOf(days: string, until: string, now: UnixSeconds): Result<UnixSeconds, string> {
  if ((days === "") === (until === "")) return err("it needs days or until, and not both.");
  const [length, end] = [parseDuration(days), parseMoment(until)];
  if (days !== "")
    return length ? ok(addDuration(now, length)) : err("days must be a number of days, or like 6w, 6m, 1y.");
  return end === undefined ? err("until must be a date like 2027-03-31.") : ok(end);
}

function isRing(text: string): text is Ring {
  return RINGS.some((ring) => ring === text);
}
