import { parseDuration } from "../calendar.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { parseMailAddress } from "../mail/index.ts";
import { parseCsv, type CsvRecord } from "./csv.ts";
import type { Customer } from "./customers.ts";

export type TableFault = { readonly line: number; readonly message: string };

export type CustomerTable = {
  readonly customers: readonly Customer[];
  /** Columns that are not read. */
  readonly ignored: readonly string[];
  /** Lines that say the same as an earlier one. */
  readonly repeated: readonly number[];
  readonly faults: readonly TableFault[];
};

type Column = keyof Customer;

// As people name them in their own tables, without accents, hyphens and capital letters.
const NAMES: { readonly [column in Column]: readonly string[] } = {
  number: [
    "number",
    "customer",
    "customer number",
    "client",
    "numero",
    "numero client",
    "n client",
    "no client",
    "code client",
    "no",
    "n",
    "id",
  ],
  name: ["name", "nom", "customer name", "nom du client", "raison sociale", "societe", "company"],
  mail: ["mail", "e mail", "email", "email address", "e mail address", "courriel", "adresse mail", "adresse e mail"],
  stick: ["stick", "cle", "cle usb", "usb", "usb stick"],
  days: ["days", "jours", "duree", "duration", "validity", "validite"],
  language: ["language", "langue"],
};

/** Reads a table of customers as a spreadsheet saves it. Every fault is listed with its line. */
export function parseCustomers(text: string): CustomerTable {
  const nothing = { customers: [], ignored: [], repeated: [] };
  const table = parseCsv(text);
  if (!table.ok) return { ...nothing, faults: [{ line: table.error, message: "a quote is in the wrong place." }] };
  const [header, ...records] = table.value;
  if (!header) return { ...nothing, faults: [{ line: 1, message: "the file is empty." }] };
  const columns = columnsOf(header.cells);
  if (!columns.ok) return { ...nothing, faults: [{ line: header.line, message: columns.error }] };
  const known = new Map<string, { readonly line: number; readonly customer: Customer }>();
  const repeated: number[] = [];
  const faults: TableFault[] = [];
  for (const record of records) {
    const customer = customerOf(record, columns.value);
    if (!customer.ok) {
      faults.push(...customer.error.map((message) => ({ line: record.line, message })));
      continue;
    }
    // Files are named after customers, and only Linux file systems distinguish names by case.
    const name = customer.value.number.toLowerCase();
    const before = known.get(name);
    if (!before) known.set(name, { line: record.line, customer: customer.value });
    else if (JSON.stringify(before.customer) === JSON.stringify(customer.value)) repeated.push(record.line);
    else faults.push({ line: record.line, message: `${customer.value.number} is already in line ${before.line}.` });
  }
  if (records.length === 0) faults.push({ line: header.line, message: "there is no row below the names." });
  const ignored = header.cells.filter((cell, index) => columns.value[index] === undefined && cell.trim() !== "");
  return { customers: [...known.values()].map(({ customer }) => customer), ignored, repeated, faults };
}

function columnsOf(cells: readonly string[]): Result<readonly (Column | undefined)[], string> {
  const columns = cells.map((cell) => {
    const name = plain(cell);
    return (Object.keys(NAMES) as Column[]).find((column) => NAMES[column].includes(name));
  });
  const twice = columns.find((column, index) => column !== undefined && columns.indexOf(column) !== index);
  if (twice !== undefined) return err(`two columns are the ${twice}.`);
  if (!columns.includes("number")) return err(`no column is named number; they are ${cells.join(", ")}.`);
  return ok(columns);
}

/** `N° Client ` becomes `n client`. */
function plain(name: string): string {
  const letters = name.normalize("NFD").replaceAll(/\p{Mark}/gu, "");
  return letters
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, " ")
    .trim()
    .toLowerCase();
}

const RULES: { readonly [column in Column]: { readonly isValid: (text: string) => boolean; readonly must: string } } = {
  number: {
    isValid: (text) => /^[A-Za-z0-9._-]{1,64}$/.test(text) && !/^\.+$/.test(text),
    must: "1 to 64 of the characters A-Z a-z 0-9 . _ -",
  },
  name: { isValid: isPlainLine, must: "at most 200 characters in one line" },
  mail: { isValid: isBareAddress, must: "one mail address" },
  stick: { isValid: (text) => /^[A-Za-z0-9._-]{1,64}$/.test(text), must: "the name of a stick, such as S2" },
  days: { isValid: (text) => parseDuration(text) !== undefined, must: "a number of days, or like 6w, 6m, 1y" },
  language: { isValid: (text) => ["fr", "en"].includes(text), must: "fr or en" },
};

/** The name has a column of its own. */
function isBareAddress(text: string): boolean {
  return parseMailAddress(text)?.name === "" && !text.includes("<");
}

function isPlainLine(text: string): boolean {
  return text.length <= 200 && !/\p{Control}/u.test(text);
}

function customerOf({ cells }: CsvRecord, columns: readonly (Column | undefined)[]): Result<Customer, string[]> {
  const faults: string[] = [];
  const found: Partial<Record<Column, string>> = {};
  for (const [index, column] of columns.entries()) {
    const value = (cells[index] ?? "").trim();
    if (column === undefined || value === "") continue;
    const cell = column === "language" ? value.toLowerCase().slice(0, 2) : value;
    if (RULES[column].isValid(cell)) found[column] = cell;
    else faults.push(`${column} must be ${RULES[column].must}; it is "${value.slice(0, 40)}".`);
  }
  if (cells.slice(columns.length).some((cell) => cell.trim() !== "")) faults.push("it has more cells than columns.");
  if (found.number === undefined && faults.length === 0) faults.push("the number is missing.");
  return faults.length > 0 ? err(faults) : ok(found as Customer);
}
