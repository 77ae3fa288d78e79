import { type CastingContext, CsvError, parse } from "csv-parse/sync";
import { err, ok, type Result } from "../../src-shared/result.ts";

/** One record with the line (from 1) where it begins. */
export type CsvRecord = { readonly line: number; readonly cells: readonly string[] };

/**
 * Reads comma-separated values (RFC 4180): quoted cells may hold commas, line ends and doubled quotes. A byte order
 * mark and blank lines are skipped. The error is the line (from 1) with a misplaced quote or carriage return.
 */
export function parseCsv(text: string): Result<readonly CsvRecord[], number> {
  // The parser counts both characters of a Windows line end inside quotes.
  const source = text.replaceAll("\r\n", "\n");
  const strayReturn = source.indexOf("\r");
  if (strayReturn >= 0) return err(source.slice(0, strayReturn).split("\n").length);
  const begins: number[] = [];
  const cast = (cell: string, { index, lines, records }: CastingContext): string => {
    if (index === 0) begins[records] = lines - (cell.split("\n").length - 1);
    return cell;
  };
  try {
    const options = { bom: true, record_delimiter: "\n", relax_column_count: true, skip_empty_lines: true };
    const records: string[][] = parse(source, { ...options, cast });
    return ok(records.map((cells, index) => ({ line: begins[index] as number, cells })));
  } catch (error) {
    if (error instanceof CsvError) return err(error["lines"] as number);
    throw error;
  }
}
