import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFileName, comparableFileName, fileNameOf } from "../../src-ops/file-names.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

describe("the name of a file that is called after something", () => {
  it.each([
    ["acme", "acme.txt"],
    ["4711-b_c", "4711-b_c.txt"],
    ["CON", "CON_.txt"],
    ["con", "con_.txt"],
    ["nul.acme", "nul_.acme.txt"],
    ["Com1", "Com1_.txt"],
    ["COM0", "COM0_.txt"],
    ["lpt9", "lpt9_.txt"],
    ["COM¹", "COM¹_.txt"],
    ["LPT³.x", "LPT³_.x.txt"],
    ["CONIN$", "CONIN$_.txt"],
    ["AUX .x", "AUX_ .x.txt"],
    ["COM10", "COM10.txt"],
    ["CONNOR", "CONNOR.txt"],
    ["a-con", "a-con.txt"],
    ["a.con", "a.con.txt"],
    ['a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j.txt"],
    ["a\u0000b\u001Fc\u007Fd", "a_b_c_d.txt"],
    ["", "_.txt"],
    ["Zoe\u0301", "Zo\u00E9.txt"],
  ])("of %j is %j", (text, name) => {
    expect(fileNameOf(text, ".txt")).toBe(name);
  });

  it.each([
    ["acme.", "acme"],
    ["acme . .", "acme"],
    ["...", "_"],
    ["NUL.", "NUL_"],
    ["prn ", "prn_"],
  ])("without an ending has no dot or space at its end: %j is %j", (text, name) => {
    expect(fileNameOf(text, "")).toBe(name);
  });

  it.each([["a"], ["é"], ["王"], ["👩‍👩‍👧"]])(
    "fits on each file system, and stays different if a long text differs at its end: %s",
    (letter) => {
      const [one, other] = ["1", "2"].map((end) => fileNameOf(letter.repeat(300) + end, ".uvvlic"));
      expect(one).not.toBe(other);
      for (const name of [one ?? "", other ?? ""]) {
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(name).toMatch(/~[0-9a-f]{8}\.uvvlic$/);
        writeFileSync(join(temporaryFolder(), name), "");
        expect(checkFileName(name).ok).toBe(true);
      }
    },
  );

  it("is a name that is allowed, whatever the text", () => {
    for (const text of ["con", "NUL.txt", "a:b", "x. ", "COM²", "\u0001", "aux.", "con .txt"]) {
      for (const ending of ["", ".uvvlic"]) expect(checkFileName(fileNameOf(text, ending)).ok).toBe(true);
    }
  });
});

describe("a name that somebody chose", () => {
  it.each(["CON", "con.uvvlic", "folder/NUL.tar.gz", "a:b", "license. ", "license.", "COM¹.txt"])(
    "is refused if it is %j",
    (path) => {
      expect(checkFileName(path)).toMatchObject({ ok: false, error: { code: "USAGE" } });
    },
  );

  it.each(["acme.uvvlic", "CON/acme.uvvlic", "console", ".hidden", "Zoe\u0301.txt", "x".repeat(250)])(
    "is taken if it is %j",
    (path) => {
      expect(checkFileName(path).ok).toBe(true);
    },
  );
});

it("two names that are one file on Windows are comparable, also with other accents", () => {
  expect(comparableFileName("ACME-Zoe\u0301")).toBe(comparableFileName("acme-zo\u00E9"));
  expect(comparableFileName("acme1")).not.toBe(comparableFileName("acme2"));
});
