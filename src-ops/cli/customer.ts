import type { Command } from "commander";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB } from "../../src-shared/units.ts";
import { fail } from "../failure.ts";
import { loadPublisher } from "../keys/index.ts";
import { parseCustomers, readCustomers, removeCustomer, saveCustomers, textOfTable } from "../records/index.ts";
import type { Host } from "./host.ts";
import { CUSTOMER, keysOption, withJson } from "./options.ts";

type Options = { keys: string; json?: true };

const MOST_FAULTS = 20;

export function addCustomers(program: Command, host: Host): void {
  const group = program.command("customer").description("the customers: their names, mail addresses and sticks");
  withJson(group.command("import"))
    .description("read customers from a table: number, name, mail, stick, days, language; other columns are ignored")
    .argument("<table>", "a CSV file as a spreadsheet saves it; when it has a fault, nothing is stored")
    .addOption(keysOption())
    .action((path: string, options: Options) =>
      host.run(options, async (job) => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const bytes = await readSmallFile(path, 16 * MIB);
        if (!bytes) return fail("NOT_FOUND", `${path} cannot be read: name a CSV file.`);
        const { customers, ignored, repeated, faults } = parseCustomers(textOfTable(bytes));
        if (faults.length > 0) {
          for (const { line, message } of faults.slice(0, MOST_FAULTS)) job.note(`${path}, line ${line}: ${message}`);
          if (faults.length > MOST_FAULTS) job.note(`... and ${faults.length - MOST_FAULTS} more.`);
          const text = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
          return fail("CSV_INVALID", `${path} has ${text}. Nothing was stored.`, { faults });
        }
        const saved = await saveCustomers(publisher.value, customers);
        if (!saved.ok) return saved;
        const { added, changed, unchanged } = saved.value;
        return ok({
          json: { added, changed, unchanged, ignored, repeated },
          lines: [
            `${customers.length} customers: ${added.length} new, ${changed.length} changed, ${unchanged.length} as before.`,
            ...(ignored.length > 0 ? [`Columns that are not read: ${ignored.join(", ")}.`] : []),
            ...(repeated.length > 0 ? [`Lines that repeat an earlier one: ${repeated.join(", ")}.`] : []),
          ],
        });
      }),
    );
  withJson(group.command("list"))
    .description("show every customer")
    .addOption(keysOption())
    .action((options: Options) =>
      host.run(options, async () => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const customers = await readCustomers(publisher.value);
        if (!customers.ok) return customers;
        const lines = customers.value.map(
          ({ number, stick = "", days = "", name = "", mail = "" }) =>
            `${number.padEnd(10)}  ${stick.padEnd(5)}  ${days.padEnd(5)}  ${name}${mail === "" ? "" : `  <${mail}>`}`,
        );
        return ok({ json: { customers: customers.value }, lines: lines.length > 0 ? lines : ["No customers."] });
      }),
    );
  withJson(group.command("remove"))
    .description("erase what is known about a customer; licenses and the register carry the number only, and stay")
    .argument("<number>", "the customer's number", CUSTOMER)
    .addOption(keysOption())
    .action((number: string, options: Options) =>
      host.run(options, async () => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const removed = await removeCustomer(publisher.value, number);
        return removed.ok ? ok({ json: { number }, lines: [`Everything about ${number} is erased.`] }) : removed;
      }),
    );
}
