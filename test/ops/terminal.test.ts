import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printJson, printLine } from "../../src-ops/terminal.ts";
import { projectRoot } from "../../build/electron-runtime.ts";

/** What a name of a file, a label or a message of another program can do to a terminal that prints it as it is. */
const ATTACKS: readonly (readonly [what: string, text: string])[] = [
  ["clears the screen", "film\u001b[2J\u001b[H.mp4"],
  ["sets the title of the window", "film\u001b]0;root\u0007.mp4"],
  ["fills the clipboard", "film\u001b]52;c;cm0gLXJmIH4=\u0007.mp4"],
  ["fills the clipboard without ESC or BEL", "film\u009d52;c;cm0gLXJmIH4=\u009c.mp4"],
  ["shows a link as other text", "\u001b]8;;https://evil.example\u001b\\film\u001b]8;;\u001b\\.mp4"],
  ["hides text", "film\u001b[8mhidden\u001b[0m.mp4"],
  ["colours a refusal green", "film\u009b32mOK\u009b0m.mp4"],
  ["writes over its line", "film.mp4\rdone: all verified"],
  ["adds a line", "film.mp4\ndone: all verified"],
  ["adds a line with U+0085", "film.mp4\u0085done: all verified"],
  ["adds a line with U+2028", "film.mp4\u2028done: all verified"],
  ["deletes what stands before", "film.mp4\b\b\b\bexe"],
  ["makes the terminal answer", "film\u001b[6n\u001b[c.mp4"],
  ["starts a device control string", "film\u0090$qm\u009c.mp4"],
  ["reverses what is shown", "film\u202e4pm.exe"],
  ["isolates what is shown", "film\u2066\u2069.mp4"],
  ["rings the bell", "film\u0007.mp4"],
  ["is cut in two", "film\ud83c.mp4"],
];

function printed(print: (output: { write: (text: string) => unknown }) => void): string {
  const written: string[] = [];
  print({ write: (text) => written.push(text) });
  return written.join("");
}

describe(`foreign text on a terminal: ${ATTACKS.length} attacks`, () => {
  it.each(ATTACKS)("a line that %s is printed as one line without control characters", (_what, text) => {
    const line = printed((output) => printLine(output, text));
    expect(line).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*\n$/u);
    expect(line).toContain("film");
  });

  it.each(ATTACKS)("JSON that %s is printed without control characters, and is the same value", (_what, text) => {
    const line = printed((output) => printJson(output, { [text]: [text] }));
    expect(line).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*\n$/u);
    expect(JSON.parse(line)).toEqual({ [text]: [text] });
  });
});

it("is printed by these functions alone: no other file writes to the terminal what it was given", () => {
  const root = join(projectRoot, "src-ops");
  const writing = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) =>
      /std(?:out|err)\.write|console\.(?:log|error|warn|info)/.test(readFileSync(join(root, name), "utf8")),
    );
  // The host: the program's own help, and lines that it made safe before it coloured them. The server: its own address.
  expect(writing.toSorted()).toEqual([join("cli", "host.ts"), join("cli", "ring-server.ts")]);
});
