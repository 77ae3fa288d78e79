import { describe, expect, it } from "vitest";
import { parseCustomers } from "../../../src-ops/records/customer-table.ts";
import { textOfTable } from "../../../src-ops/records/csv.ts";

const ANN = { number: "0017", name: "Hélène Müller", mail: "helene@example.org", stick: "S2", days: "1y" };
const BEN = { number: "C-18", name: "Ben; Sons", language: "fr" };

const rows = (separator: string, end = "\r\n") =>
  [
    ["Numéro", "Nom", "E-mail", "Clé USB", "Jours", "Langue"],
    ["0017", "Hélène Müller", "helene@example.org", "S2", "1y", ""],
    ["C-18", '"Ben; Sons"', "", "", "", "Français"],
  ]
    .map((cells) => cells.join(separator))
    .join(end);

const utf16 = (text: string, mark: string) => Buffer.from(`${mark}${text}`, "utf16le");
const latin1 = (text: string) => Buffer.from(text, "latin1");

describe("a table of customers", () => {
  it.each<[string, Uint8Array]>([
    ["UTF-8 with commas", Buffer.from(rows(","))],
    [
      "UTF-8 with semicolons and a byte order mark, as a French spreadsheet writes it",
      Buffer.from(`\uFEFF${rows(";")}`),
    ],
    ["Windows-1252 with semicolons", latin1(rows(";"))],
    ["UTF-16 with tabs, as Unicode text", utf16(rows("\t"), "\uFEFF")],
    ["UTF-16 with tabs, without a byte order mark", utf16(rows("\t"), "")],
    ["UTF-16 with the other byte order", utf16(rows(";"), "\uFEFF").swap16()],
    ["a first line that names the separator", Buffer.from(`sep=;\r\n${rows(";")}`)],
    ["the line ends of old Macintosh computers", latin1(rows(";", "\r"))],
    ["Unix line ends and one at the end", Buffer.from(`${rows(",", "\n")}\n`)],
    ["empty lines and lines of separators", Buffer.from(`\r\n${rows(";")}\r\n;;;;;\r\n\r\n;;;;;\r\n`)],
    ["empty columns at the right", Buffer.from(`${rows(";", ";;\r\n")};;`)],
    [
      "spaces and no-break spaces around the cells",
      Buffer.from(rows(";").replace("0017", " 0017\u00a0").replace("Hélène Müller", "\u00a0 Hélène Müller ")),
    ],
    ["decomposed accents in the names of the columns", Buffer.from(rows(";").replace("é", "e\u0301"))],
  ])("is read from %s", (_what, bytes) => {
    const table = parseCustomers(textOfTable(bytes));
    expect(table).toMatchObject({ faults: [], repeated: [], ignored: [] });
    expect(table.customers).toEqual([ANN, BEN].map((one) => ({ ...one, name: expect.any(String) as string })));
    expect(table.customers.map(({ name }) => name?.replaceAll("\u00a0", " "))).toEqual([ANN.name, BEN.name]);
  });

  it.each([
    ["Customer", "Customer name"],
    ["N°", "Société"],
    ["Code client", "Raison sociale"],
    ["ID", "Company"],
  ])("knows the columns %s and %s", (number, name) => {
    expect(parseCustomers(`${number};${name}\n17;Ann`).customers[0]?.number).toBe("17");
  });

  it("names the columns that it does not read", () => {
    const { ignored, customers } = parseCustomers("Number,Phone,Name,Remarks\n17,0123,Ann,good");
    expect([ignored, customers]).toEqual([["Phone", "Remarks"], [{ number: "17", name: "Ann" }]]);
  });

  it("counts a line that is there twice once, and refuses the same number with something else", () => {
    const { customers, repeated, faults } = parseCustomers(
      "number,name\n17,Ann\n18,Ben\n17,Ann\n18,Carl\nc-1,X\nC-1,Y",
    );
    expect(customers.map(({ number }) => number)).toEqual(["17", "18", "c-1"]);
    expect(repeated).toEqual([4]);
    expect(faults).toEqual([
      { line: 5, message: "18 is already in line 3." },
      { line: 7, message: "C-1 is already in line 6." },
    ]);
  });

  it("lists every fault, also several of one line", () => {
    const { faults } = parseCustomers(
      'number,mail,days,stick,language\n1,ann,x,S 1,de\n,a@b.example,,,\n"1 2",,,,\n3,,,,,more\n4,"a@b.example, c@d.example",,,\n1.5E+05,,,,',
    );
    expect(faults.map(({ line, message }) => [line, message])).toEqual([
      [2, expect.stringMatching(/^mail must be one mail address; it is "ann"/)],
      [2, expect.stringMatching(/^days must/)],
      [2, expect.stringMatching(/^stick must/)],
      [2, expect.stringMatching(/^language must be fr or en; it is "de"/)],
      [3, "the number is missing."],
      [4, expect.stringMatching(/^number must/)],
      [5, "it has more cells than columns."],
      [6, expect.stringMatching(/^mail must/)],
      [7, expect.stringMatching(/^number must .*"1.5E\+05"/)],
    ]);
  });

  it.each([
    ["nothing", "", 1, /empty/],
    ["only names", "number,name\n", 1, /no row/],
    ["no number", "nom,mail\nAnn,a@b.example", 1, /no column is named number; they are nom, mail/],
    ["two columns for one thing", "number,mail,e-mail\n1,a@b.example,", 1, /two columns are the mail/],
    ["a misplaced quote", 'number,name\n1,A"nn', 2, /quote/],
  ])("is refused with %s", (_what, text, line, message) => {
    expect(parseCustomers(text).faults).toEqual([{ line, message: expect.stringMatching(message) }]);
  });
});
