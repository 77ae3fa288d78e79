// The export table of a DLL: Microsoft's "PE Format", sections "Optional Header Data Directories" and ".edata".
const PE32_PLUS = 0x20b;

type Export = { readonly name: string; readonly nameAt: number; readonly ordinal: number };
type Table = { readonly exports: readonly Export[]; readonly namesAt: number; readonly ordinalsAt: number };

/** The exported names of a DLL. */
export function exportsOf(dll: Buffer): readonly string[] {
  return tableOf(dll).exports.map(({ name }) => name);
}

/**
 * A copy of a DLL that exports one more name, for a function that it has. The table cannot grow, so the name takes the
 * place of another one, which must be at least as long and which nobody needs.
 */
export function withExport(dll: Buffer, name: string, as: { readonly of: string; readonly insteadOf: string }): Buffer {
  const copy = Buffer.from(dll);
  const { exports, namesAt, ordinalsAt } = tableOf(copy);
  if (exports.some((one) => one.name === name)) return copy;
  const [source, replaced] = [as.of, as.insteadOf].map((wanted) => exports.find((one) => one.name === wanted));
  if (!source || !replaced || replaced.name.length < name.length)
    throw new Error(`this DLL has no ${as.of}, or no ${as.insteadOf} that ${name} could replace`);
  const nameOffset = offsetOf(copy, replaced.nameAt);
  copy.fill(0, nameOffset, nameOffset + replaced.name.length).write(name, nameOffset, "latin1");
  const added = { name, nameAt: replaced.nameAt, ordinal: source.ordinal };
  // The loader searches the names by halves: they must be sorted by their bytes.
  const sorted = [...exports.filter((one) => one !== replaced), added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const [index, one] of sorted.entries()) {
    copy.writeUInt32LE(one.nameAt, namesAt + 4 * index);
    copy.writeUInt16LE(one.ordinal, ordinalsAt + 2 * index);
  }
  return copy;
}

function tableOf(dll: Buffer): Table {
  const optionalHeader = dll.readUInt32LE(0x3c) + 24;
  const directories = optionalHeader + (dll.readUInt16LE(optionalHeader) === PE32_PLUS ? 112 : 96);
  const table = offsetOf(dll, dll.readUInt32LE(directories));
  const namesAt = offsetOf(dll, dll.readUInt32LE(table + 32));
  const ordinalsAt = offsetOf(dll, dll.readUInt32LE(table + 36));
  const exports = Array.from({ length: dll.readUInt32LE(table + 24) }, (_, index): Export => {
    const nameAt = dll.readUInt32LE(namesAt + 4 * index);
    const start = offsetOf(dll, nameAt);
    const name = dll.toString("latin1", start, dll.indexOf(0, start));
    return { name, nameAt, ordinal: dll.readUInt16LE(ordinalsAt + 2 * index) };
  });
  return { exports, namesAt, ordinalsAt };
}

/** Where in the file the bytes are that the loader puts at a relative virtual address. */
function offsetOf(dll: Buffer, address: number): number {
  const header = dll.readUInt32LE(0x3c);
  const sections = header + 24 + dll.readUInt16LE(header + 20);
  for (let index = 0; index < dll.readUInt16LE(header + 6); index++) {
    const section = sections + 40 * index;
    const [size, start] = [dll.readUInt32LE(section + 16), dll.readUInt32LE(section + 12)];
    if (address >= start && address < start + size) return address - start + dll.readUInt32LE(section + 20);
  }
  throw new Error(`no section of this DLL has the address ${address}`);
}
