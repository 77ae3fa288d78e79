import { expect, it } from "vitest";
import { exportsOf, withExport } from "../../../build/windows/dll-exports.ts";

const HEADER = 0x40;
const SECTION_AT = 0x200;
const SECTION_ADDRESS = 0x1000;

/** The smallest DLL that has an export table: one section, which holds the table and the names. */
function dllWith(names: readonly string[]): Buffer {
  const dll = Buffer.alloc(0x600);
  dll.writeUInt32LE(HEADER, 0x3c);
  dll.writeUInt16LE(1, HEADER + 6);
  dll.writeUInt16LE(0xf0, HEADER + 20);
  const optional = HEADER + 24;
  dll.writeUInt16LE(0x20b, optional);
  dll.writeUInt32LE(SECTION_ADDRESS, optional + 112);
  const section = optional + 0xf0;
  dll.writeUInt32LE(SECTION_ADDRESS, section + 12);
  dll.writeUInt32LE(0x400, section + 16);
  dll.writeUInt32LE(SECTION_AT, section + 20);
  dll.writeUInt32LE(names.length, SECTION_AT + 24);
  dll.writeUInt32LE(SECTION_ADDRESS + 0x40, SECTION_AT + 32);
  dll.writeUInt32LE(SECTION_ADDRESS + 0x80, SECTION_AT + 36);
  for (const [index, name] of names.entries()) {
    const at = 0x100 + index * 0x20;
    dll.write(`${name}\0`, SECTION_AT + at, "latin1");
    dll.writeUInt32LE(SECTION_ADDRESS + at, SECTION_AT + 0x40 + 4 * index);
    dll.writeUInt16LE(index + 10, SECTION_AT + 0x80 + 2 * index);
  }
  return dll;
}

const ordinalsIn = (dll: Buffer, count: number) =>
  Array.from({ length: count }, (_, index) => dll.readUInt16LE(SECTION_AT + 0x80 + 2 * index));

const NAMES = ["GetMenu", "IsHungAppWindow", "IsWindow", "IsWindowRedirectedForPrint", "ZoomIn"];
const AS = { of: "IsHungAppWindow", insteadOf: "IsWindowRedirectedForPrint" };

it("adds a name for a function that is there, in the order that the loader needs, and leaves the others", () => {
  const dll = dllWith(NAMES);
  const mended = withExport(dll, "IsWindowArranged", AS);
  expect(exportsOf(mended)).toEqual(["GetMenu", "IsHungAppWindow", "IsWindow", "IsWindowArranged", "ZoomIn"]);
  expect(ordinalsIn(mended, 5)).toEqual([10, 11, 12, 11, 14]);
  expect(exportsOf(dll)).toEqual(NAMES);
});

it("sorts the name in where it belongs, wherever the replaced one stood", () => {
  const mended = withExport(dllWith(NAMES), "AnyPopup", AS);
  expect(exportsOf(mended)).toEqual(["AnyPopup", "GetMenu", "IsHungAppWindow", "IsWindow", "ZoomIn"]);
  expect(ordinalsIn(mended, 5)).toEqual([11, 10, 11, 12, 14]);
});

it("changes nothing where the name is there already", () => {
  const dll = dllWith(["IsHungAppWindow", "IsWindowArranged"]);
  expect(withExport(dll, "IsWindowArranged", AS)).toEqual(dll);
});

it("refuses a DLL without the function, and a name that has no room", () => {
  expect(() => withExport(dllWith(["IsWindow", "IsWindowRedirectedForPrint"]), "IsWindowArranged", AS)).toThrow(
    "IsHungAppWindow",
  );
  expect(() =>
    withExport(dllWith(["IsHungAppWindow", "IsWindow"]), "IsWindowArranged", { ...AS, insteadOf: "IsWindow" }),
  ).toThrow("could replace");
});
