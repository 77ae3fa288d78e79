import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src-ops/records/csv.ts";
import { parseBatch } from "../../../src-ops/licenses/batch-rows.ts";
import { DAY } from "../../../src-shared/units.ts";

describe("a table of comma-separated values", () => {
  const rows = (text: string) => {
    const parsed = parseCsv(text);
    return parsed.ok ? parsed.value.map(({ line, cells }) => [line, ...cells]) : parsed.error;
  };

  it.each<[string, string, unknown]>([
    ["nothing", "", []],
    ["one cell", "a", [[1, "a"]]],
    [
      "cells and lines",
      "a,b\nc,d\n",
      [
        [1, "a", "b"],
        [2, "c", "d"],
      ],
    ],
    [
      "Windows line ends and a byte order mark",
      "\u{feff}a,b\r\nc,d\r\n",
      [
        [1, "a", "b"],
        [2, "c", "d"],
      ],
    ],
    ["empty cells", ",a,,\n", [[1, "", "a", "", ""]]],
    ["blank lines", "\n\na\n\n", [[3, "a"]]],
    ["quotes", '"a,b","c ""d""",e', [[1, "a,b", 'c "d"', "e"]]],
    [
      "a line end in quotes",
      '"a\nb",c\nd',
      [
        [1, "a\nb", "c"],
        [3, "d"],
      ],
    ],
    [
      "a Windows line end in quotes",
      '"a\r\nb",c\r\nd\r\n',
      [
        [1, "a\nb", "c"],
        [3, "d"],
      ],
    ],
    [
      "line ends in several quoted cells",
      'a,"b\nc","d\n\ne"\n\n"f\ng",h\ni',
      [
        [1, "a", "b\nc", "d\n\ne"],
        [6, "f\ng", "h"],
        [8, "i"],
      ],
    ],
    ["an empty cell in quotes", '"",a', [[1, "", "a"]]],
    ["a quote within a cell", 'a\nb"c', 2],
    ["a quote without an end", 'a\nb\n"c', 3],
    ["text after a closing quote", '"a"b', 1],
    ["a lone carriage return", "a\rb", 1],
    ["a lone carriage return after quoted lines", '"a\r\nb"\r\nc,\rd', 3],
  ])("with %s", (_what, text, expected) => {
    expect(rows(text)).toEqual(expected);
  });
});

describe("a table of orders", () => {
  const location = { folder: "/in", outDir: "/out", graceDays: 3, minApp: "1.2.3", now: 1_000_000 };
  const parse = (text: string) => parseBatch(text, location);
  const id = (letter: string) => letter.repeat(26);

  it("returns an order for each row", () => {
    const text = `customer,days,ring,request,passphrase,entitle\nC-1,30,ring1,a.uvvreq,,${id("a")},${id("b")}\nC-2,5,,,yes,\n`;
    expect(parse(text)).toEqual({
      faults: [],
      orders: [
        {
          line: 2,
          order: {
            customer: "C-1",
            exp: 1_000_000 + 30 * DAY,
            ring: "ring1",
            graceDays: 3,
            minApp: "1.2.3",
            entitle: [id("a"), id("b")],
            requestFile: "/in/a.uvvreq",
            passphraseFile: undefined,
            out: "/out/C-1.uvvlic",
          },
        },
        {
          line: 3,
          order: {
            customer: "C-2",
            exp: 1_000_000 + 5 * DAY,
            ring: "ga",
            graceDays: 3,
            minApp: "1.2.3",
            entitle: [],
            requestFile: undefined,
            passphraseFile: "/out/C-2.txt",
            out: "/out/C-2.uvvlic",
          },
        },
      ],
    });
  });

  it("accepts columns in any order and case, and needs only the required ones", () => {
    const [row] = parse("Passphrase, DAYS ,Customer\nyes,7,C-1").orders;
    expect(row?.order).toMatchObject({ customer: "C-1", exp: 1_000_000 + 7 * DAY });
  });

  it("takes a day on which the license ends, in each row one of both", () => {
    const [first, second] = parse("customer,days,until,passphrase\nC-1,,2031-02-28,yes\nC-2,1y,,yes").orders;
    expect(first?.order.exp).toBe(Date.UTC(2031, 1, 28, 23, 59, 59) / 1_000);
    expect(second?.order.exp).toBe(1_000_000 + 365 * DAY);
    const { faults } = parse("customer,days,until,passphrase\nC-3,1,2031-02-28,yes\nC-4,,,yes\nC-5,,28.02.2031,yes");
    expect(faults.map(({ line, message }) => [line, message])).toEqual([
      [2, expect.stringMatching(/days or until, and not both/)],
      [3, expect.stringMatching(/days or until, and not both/)],
      [4, expect.stringMatching(/a date like 2027-03-31/)],
    ]);
  });

  it.each<[string, string, number, RegExp]>([
    ["no line at all", "", 1, /empty/],
    ["no row", "customer,days,passphrase\n", 1, /no row/],
    ["no customers", "days,passphrase\n1,yes", 1, /customer is needed/],
    ["no end", "customer,passphrase\nC-1,yes", 1, /days or until is needed/],
    ["an unknown column", "customer,days,phone\n", 1, /no column is named "phone"/],
    ["a column twice", "customer,days,days\n", 1, /twice/],
    ["videos in the middle", "customer,entitle,days\n", 1, /last column/],
    ["a name for a customer", "customer,days,passphrase\nC-1,1,yes\nAnn Lee,1,yes", 3, /customer/],
    ["a customer that is a folder", "customer,days,passphrase\n..,1,yes", 2, /customer/],
    ["no days", "customer,days,passphrase\nC-1,,yes", 2, /days/],
    ["a fraction of days", "customer,days,passphrase\nC-1,1.5,yes", 2, /days/],
    ["too many days", "customer,days,passphrase\nC-1,36501,yes", 2, /days/],
    ["an unknown ring", "customer,days,passphrase,ring\nC-1,1,yes,ring9", 2, /ring/],
    ["a passphrase of one's own", "customer,days,passphrase\nC-1,1,hunter22", 2, /yes or empty/],
    ["neither request nor passphrase", "customer,days,passphrase\nC-1,1,", 2, /request file, or yes/],
    ["too many cells", "customer,days,passphrase\nC-1,1,yes,more", 2, /more cells/],
    ["a customer twice", "customer,days,passphrase\nC-1,1,yes\nC-2,1,yes\nc-1,1,yes", 4, /already in line 2/],
    ["a misplaced quote", 'customer,days,passphrase\nC"1,1,yes', 2, /quote/],
  ])("is refused with %s, by its line", (_what, text, line, expected) => {
    expect(parse(text).faults).toEqual([{ line, message: expect.stringMatching(expected) }]);
  });

  it("reports every faulty row at once", () => {
    const text = "customer,days,passphrase\nC-1,x,yes\nC-2,1,yes\nC-3,0,yes";
    expect(parse(text).faults.map(({ line }) => line)).toEqual([2, 4]);
  });
});
