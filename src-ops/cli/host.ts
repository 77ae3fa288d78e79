import { safeLine } from "../../src-shared/encoding/line.ts";
import { type Attempt, type Failure, type FailureCode, failureOf } from "../failure.ts";
import { createProgress } from "./progress.ts";
import type { Job } from "../job.ts";

/** What a command found or did: members of its JSON object, and the same in words. */
export type Outcome = { readonly json: Readonly<Record<string, unknown>>; readonly words: readonly string[] };

/** Runs a command's work, prints its outcome, and sets the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export type Host = {
  run(options: { readonly json?: true }, work: (job: Job) => Promise<Attempt<Outcome>>): Promise<void>;
  usageError(message: string, json: boolean): void;
  help(text: string, json: boolean): void;
};

export function createHost(process: NodeJS.Process, nowMs: () => number): Host {
  // A stick's label or a license's claims may be anyone's: they must not steer the terminal or reorder its text.
  const say = (line: string) => void process.stderr.write(`${safeLine(line)}\n`);
  const print = (value: object) => void process.stdout.write(`${JSON.stringify(value)}\n`);

  function report(failure: Failure, json: boolean): void {
    process.exitCode = exitCodeOf(failure.code);
    const { code, message, details } = failure;
    if (json) print({ ok: false, error: { code, message }, ...details });
    else say(`${code}: ${message}`);
  }

  async function run(options: { readonly json?: true }, work: (job: Job) => Promise<Attempt<Outcome>>): Promise<void> {
    const json = options.json === true;
    const abort = new AbortController();
    const stop = () => abort.abort();
    process.once("SIGINT", stop).once("SIGTERM", stop);
    const progress = createProgress(process.stderr, nowMs);
    const attempt = await settle(() => work({ signal: abort.signal, progress, note: say }));
    progress.end();
    process.off("SIGINT", stop).off("SIGTERM", stop);
    if (!attempt.ok) report(attempt.error, json);
    else if (json) print({ ok: true, ...attempt.value.json });
    else for (const line of attempt.value.words) process.stdout.write(`${safeLine(line)}\n`);
  }

  return {
    run,
    usageError: (message, json) => report({ code: "USAGE", message }, json),
    help: (text, json) => (json ? print({ ok: true, help: text }) : void process.stdout.write(text)),
  };
}

// The one place where anything thrown is turned into a sentence: no user of the tool ever sees a stack trace.
async function settle(work: () => Promise<Attempt<Outcome>>): Promise<Attempt<Outcome>> {
  try {
    return await work();
  } catch (error) {
    return { ok: false, error: failureOf(error) };
  }
}

function exitCodeOf(code: FailureCode): 1 | 2 {
  return code === "USAGE" ? 2 : 1;
}
