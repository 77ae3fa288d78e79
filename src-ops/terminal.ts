import { escapeUnsafe, safeLine } from "../src-shared/encoding/line.ts";

/** Where text for people goes: standard output, standard error. */
export type Output = { write(text: string): unknown };

/**
 * Prints one line that may contain foreign text: names of files, labels, titles, claims, messages of other programs. A
 * terminal acts on control characters (it sets its title or the clipboard, or hides text), so none is printed.
 */
export function printLine(output: Output, text: string): void {
  output.write(`${safeLine(text)}\n`);
}

/** Prints a question, in the line in which it is answered. */
export function printQuestion(output: Output, text: string): void {
  output.write(safeLine(text));
}

/**
 * Prints one JSON value as a line. `JSON.stringify` escapes the control characters up to U+001F only; some terminals
 * also act on U+0080 to U+009F. The escaped text is the same value.
 */
export function printJson(output: Output, value: object): void {
  output.write(`${escapeUnsafe(JSON.stringify(value))}\n`);
}
