import { type CastingContext, CsvError, parse } from "csv-parse/sync";
import { textOfFile } from "../../src-shared/encoding/text.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";

/** One record with the line (from 1) where it begins. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };

/** The characters that separate cells, in the order in which a table without any of them is read. */
const DELIMITERS = [",", ";", "\t"] as const;

/**
 * The text of a table as spreadsheets save it: UTF-8, UTF-16 or, if it is neither, Windows-1252; all line ends become `\n`.
 */
export function textOfTable(bytes: Uint8Array): string {
  const text = textOfFile(bytes);
  const decoded = text.includes("\uFFFD") ? new TextDecoder("windows-1252").decode(bytes) : text;
  const unix = decoded.replaceAll("\r\n", "\n");
  // Spreadsheets on old Macintosh computers end a line with a carriage return only.
  return unix.includes("\n") ? unix : unix.replaceAll("\r", "\n");
}

/**
 * Reads a table of comma-separated values (RFC 4180), or with semicolons or tabs between the cells, as spreadsheets write it
 * in other countries. Quoted cells may hold separators, line ends and doubled quotes. A byte order mark, the line `sep=;`
 * and lines without content are skipped. The error is the line (from 1) with a misplaced quote or carriage return.
 */
export function parseCsv(text: string): Result<readonly CsvRecord[], number> {
  // The parser counts both characters of a Windows line end inside quotes.
  const unix = text.replaceAll("\r\n", "\n");
  const named = /^\uFEFF?"?sep=([,;\t])"?(?=\n)/i.exec(unix);
  // Without its content, so that the lines keep their numbers.
  const source = named ? unix.slice(named[0].length) : unix;
  const strayReturn = source.indexOf("\r");
  if (strayReturn >= 0) return err(source.slice(0, strayReturn).split("\n").length);
  const delimiter = named?.[1] ?? delimiterOf(source);
  const begins: number[] = [];
  const cast = (cell: string, { index, lines, records }: CastingContext): string => {
    if (index === 0) begins[records] = lines - (cell.split("\n").length - 1);
    return cell;
  };
  try {
    const options = { bom: true, record_delimiter: "\n", relax_column_count: true, skip_empty_lines: true };
    const records: string[][] = parse(source, { ...options, delimiter, cast });
    const found = records.map((cells, index) => ({ line: begins[index] as number, cells }));
    return ok(found.filter(({ cells }) => cells.some((cell) => cell.trim() !== "")));
  } catch (error) {
    if (error instanceof CsvError) return err(error["lines"] as number);
    throw error;
  }
}

/** The separator that occurs most often in the first line with content, outside of quotes. */
function delimiterOf(text: string): string {
  const header = (/\S.*/.exec(text)?.[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const countOf = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (countOf(delimiter) > countOf(best) ? delimiter : best));
}
