import { createInterface } from "node:readline";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { printLine, printQuestion } from "../terminal.ts";

/** Asks for a line that the terminal does not show. PASSWORD_MISSING, INTERRUPTED. */
export async function askSecret(process: NodeJS.Process, question: string): Promise<Attempt<string>> {
  if (!process.stdin?.isTTY) {
    return fail(
      "PASSWORD_MISSING",
      "The keys have a password, and there is no terminal to ask for it: name a file with --password-file.",
    );
  }
  printQuestion(process.stderr, question);
  // With a terminal and without an output, readline edits the line (also a pasted one) and shows nothing of it.
  const terminal = createInterface({ input: process.stdin, terminal: true });
  const close = () => terminal.close();
  process.once("SIGTERM", close).once("SIGHUP", close);
  const line = await new Promise<string | undefined>((resolve) => {
    terminal.once("line", resolve);
    terminal.once("SIGINT", close);
    terminal.once("close", () => resolve(undefined));
  });
  // Closing also shows again what is typed.
  terminal.close();
  process.off("SIGTERM", close).off("SIGHUP", close);
  printLine(process.stderr, "");
  return line === undefined
    ? fail("INTERRUPTED", "Interrupted: no password was given. Nothing was changed.")
    : ok(line);
}
