import { err, ok, type Result } from "../../src-shared/result.ts";

/** One record with the line (from 1) where it begins. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };

/**
 * Reads comma-separated values (RFC 4180): quoted cells may hold commas, line ends and doubled quotes. A byte order mark
 * and blank lines are passed over. The error is the line (from 1) where a quote stands wrong.
 */
export function parseCsv(text: string): Result<readonly CsvRecord[], number> {
  const source = text.startsWith("\u{feff}") ? text.slice(1) : text;
  const records: CsvRecord[] = [];
  let [at, line] = [0, 1];
  while (at < source.length) {
    const begun = line;
    const cells: string[] = [];
    for (;;) {
      const cell = source[at] === '"' ? quotedCell(source, at) : plainCell(source, at);
      if (!cell) return err(line);
      cells.push(cell.value);
      line += cell.value.split("\n").length - 1;
      at = cell.end;
      if (source[at] !== ",") break;
      at++;
    }
    if (source[at] === "\r") at++;
    if (at < source.length && source[at] !== "\n") return err(line);
    at++;
    line++;
    if (cells.length > 1 || cells[0] !== "") records.push({ line: begun, cells });
  }
  return ok(records);
}

function plainCell(source: string, start: number) {
  const stop = /[,\r\n"]|$/g;
  stop.lastIndex = start;
  const length = (stop.exec(source)?.index ?? start) - start;
  const end = start + length;
  return source[end] === '"' ? undefined : { value: source.slice(start, end), end };
}

function quotedCell(source: string, start: number) {
  let value = "";
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] !== '"') value += source[at] as string;
    else if (source[at + 1] === '"') value += source[at++] as string;
    else return { value, end: at + 1 };
  }
  return undefined;
}
