import { createInterface } from "node:readline";
import { safeLine } from "../../src-shared/encoding/line.ts";
import { type Attempt, type Failure, type FailureCode, settle } from "../failure.ts";
import { askSecret } from "./ask-secret.ts";
import { createProgress } from "./progress.ts";
import type { Job } from "../job.ts";
import { printJson, printLine } from "../terminal.ts";

/** The result of a command: the members of its JSON object, and lines of text for people. */
export type Outcome = { readonly json: Readonly<Record<string, unknown>>; readonly lines: readonly string[] };

export type ShownLine = { readonly text: string; readonly critical: boolean };

/** Runs a command's work, prints its outcome, and sets the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export type Host = {
  run(options: { readonly json?: true }, work: (job: Job) => Promise<Attempt<Outcome>>): Promise<void>;
  usageError(message: string, json: boolean): void;
  help(text: string, json: boolean): void;
  /** Prints lines; on a terminal the critical ones are red. */
  show(lines: readonly ShownLine[]): void;
  /** Asks a question that only `y` or `yes` answers with yes; the end of the input is a no. */
  ask(question: string): Promise<boolean>;
  /** Asks for a line that the terminal does not show. PASSWORD_MISSING: there is no terminal. INTERRUPTED. */
  askSecret(question: string): Promise<Attempt<string>>;
};

const RED = "\u001b[31m";
const PLAIN = "\u001b[0m";

export function createHost(process: NodeJS.Process, nowMs: () => number): Host {
  const writeMessage = (line: string) => printLine(process.stderr, line);
  const print = (value: object) => printJson(process.stdout, value);

  function report(failure: Failure, json: boolean): void {
    process.exitCode = exitCodeOf(failure.code);
    const { code, message, details } = failure;
    if (json) print({ ok: false, error: { code, message }, ...details });
    else writeMessage(`${code}: ${message}`);
  }

  async function run(options: { readonly json?: true }, work: (job: Job) => Promise<Attempt<Outcome>>): Promise<void> {
    const json = options.json === true;
    const abort = new AbortController();
    const stop = () => abort.abort();
    process.once("SIGINT", stop).once("SIGTERM", stop);
    const progress = createProgress(process.stderr, nowMs);
    const attempt = await settle(() => work({ signal: abort.signal, progress, note: writeMessage }));
    progress.end();
    process.off("SIGINT", stop).off("SIGTERM", stop);
    if (!attempt.ok) report(attempt.error, json);
    else if (json) print({ ok: true, ...attempt.value.json });
    else for (const line of attempt.value.lines) printLine(process.stdout, line);
  }

  function show(lines: readonly ShownLine[]): void {
    const isRed = process.stdout.isTTY && !process.env["NO_COLOR"];
    for (const { text, critical } of lines) {
      const line = safeLine(text);
      process.stdout.write(critical && isRed ? `${RED}${line}${PLAIN}\n` : `${line}\n`);
    }
  }

  // Lines that were there with the answer before: input that does not come from a terminal arrives in larger parts.
  const typed: string[] = [];

  async function ask(question: string): Promise<boolean> {
    const prompt = `${safeLine(question)} [y/N] `;
    const answer = typed.length > 0 ? (process.stderr.write(prompt), typed.shift()) : await readLine(prompt);
    return /^y(?:es)?$/i.test((answer ?? "").trim());
  }

  /** `undefined` at the end of the input. */
  async function readLine(prompt: string): Promise<string | undefined> {
    if (process.stdin.readableEnded || process.stdin.destroyed) return undefined;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const line = await new Promise<string | undefined>((resolve) => {
      terminal.once("close", () => resolve(undefined));
      terminal.once("line", resolve);
      terminal.on("line", (next) => typed.push(next));
      terminal.setPrompt(prompt);
      terminal.prompt();
    });
    typed.shift();
    terminal.close();
    return line;
  }

  return {
    run,
    show,
    ask,
    askSecret: (question) => askSecret(process, question),
    usageError: (message, json) => report({ code: "USAGE", message }, json),
    help: (text, json) => (json ? print({ ok: true, help: text }) : void process.stdout.write(text)),
  };
}

function exitCodeOf(code: FailureCode): 1 | 2 {
  return code === "USAGE" ? 2 : 1;
}
