import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { PRIVATE_FILE_MODE, type Publisher, withLock } from "../keys/index.ts";

const text = v.pipe(v.string(), v.maxLength(320));

/** What the publisher knows about a customer. A license carries the number only. */
const Customer = v.strictObject({
  number: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  name: v.exactOptional(text),
  mail: v.exactOptional(text),
  /** The name of the stick that the customer has, such as `S2`. */
  stick: v.exactOptional(text),
  /** How long a license for this customer is valid, such as `365` or `1y`. */
  days: v.exactOptional(text),
  language: v.exactOptional(v.picklist(["fr", "en"])),
});
export type Customer = v.InferOutput<typeof Customer>;

const CustomerFile = v.strictObject({ v: v.literal(1), customers: v.array(Customer) });

const MAX_CUSTOMER_BYTES: Bytes = 16 * MIB;

export function customersPath({ folder }: Pick<Publisher, "folder">): string {
  return join(folder, "customers.json");
}

/** Every customer, in the order of their numbers. */
export async function readCustomers(publisher: Publisher): Promise<Attempt<readonly Customer[]>> {
  const path = customersPath(publisher);
  if (!(await exists(path))) return ok([]);
  const bytes = await readSmallFile(path, MAX_CUSTOMER_BYTES);
  const json = bytes && parseStrictJson(bytes);
  const file = v.safeParse(CustomerFile, json?.ok ? json.value : undefined);
  if (file.success) return ok(file.output.customers);
  return fail("CUSTOMERS_BROKEN", `${path} is damaged: restore it from your backup, or import your customers again.`);
}

export type CustomerChanges = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
};

/** Adds customers, and replaces what is known of those that are there. The others stay. */
export async function saveCustomers(
  publisher: Publisher,
  customers: readonly Customer[],
): Promise<Attempt<CustomerChanges>> {
  return withLock(publisher, "customers", async () => {
    const known = await readCustomers(publisher);
    if (!known.ok) return known;
    const byNumber = new Map(known.value.map((one) => [one.number, one]));
    const changes = { added: [] as string[], changed: [] as string[], unchanged: [] as string[] };
    for (const one of customers) {
      const before = byNumber.get(one.number);
      changes[!before ? "added" : isSame(before, one) ? "unchanged" : "changed"].push(one.number);
      byNumber.set(one.number, one);
    }
    await write(publisher, [...byNumber.values()]);
    return ok(changes);
  });
}

/** Erases everything that is known about a customer, apart from the number in licenses and in the register. */
export async function removeCustomer(publisher: Publisher, number: string): Promise<Attempt<Customer>> {
  return withLock(publisher, "customers", async () => {
    const known = await readCustomers(publisher);
    if (!known.ok) return known;
    const gone = known.value.find((one) => one.number === number);
    if (!gone) return fail("CUSTOMER_UNKNOWN", `No customer ${number}: see \`vaultctl customer list\`.`);
    await write(
      publisher,
      known.value.filter((one) => one !== gone),
    );
    return ok(gone);
  });
}

async function write(publisher: Publisher, customers: readonly Customer[]): Promise<void> {
  const inOrder = customers.toSorted((a, b) => a.number.localeCompare(b.number, "en", { numeric: true }));
  const file = JSON.stringify({ v: 1, customers: inOrder }, undefined, 1);
  await writeFileAtomic(customersPath(publisher), `${file}\n`, PRIVATE_FILE_MODE);
}

function isSame(a: Customer, b: Customer): boolean {
  return (["name", "mail", "stick", "days", "language"] as const).every((member) => a[member] === b[member]);
}
