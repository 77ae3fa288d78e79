import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { ProcessOptions, ProcessMessage } from "./messages.ts";

const NAMES = ["ferry", "lantern", "quay"];
/** A complete sealed file. */
const WHOLE = /^\{.*\}\.[A-Za-z0-9_,-]+\.[A-Za-z0-9_-]{43}$/;
const PROGRAM = join(import.meta.dirname, "ledger-process.ts");

/** One computer through many starts of the app, with the checks for each start. */
export type LedgerComputer = ReturnType<typeof newLedgerComputer>;

export function newLedgerComputer(folder: string, service: string, large = false) {
  mkdirSync(folder, { recursive: true });
  const tried: Record<string, number> = Object.fromEntries(NAMES.map((name) => [name, 0]));
  const kept: Record<string, number> = { ...tried };
  let repairs = 0;
  let lockedStarts = 0;
  let wasReady = false;
  let wasKept = false;

  function checkMessage(message: ProcessMessage): void {
    if ("state" in message) {
      // Before the first complete write there may be no record; afterwards there always is one.
      ok(message.state === "ready" || (message.state === "fresh" && !wasReady && !wasKept), `state ${message.state}`);
      for (const name of NAMES) {
        const seq = message.seqs[name] ?? 0;
        ok(seq >= (kept[name] ?? 0), `${name} went down from ${kept[name]} to ${seq}`);
        ok(seq <= (tried[name] ?? 0), `${name} is at ${seq}, which was never written`);
        kept[name] = seq;
      }
      strictEqual(message.newest.length, NAMES.length);
      for (const [i, code] of message.newest.entries())
        ok(code === "OK" || tried[NAMES[i] ?? ""] === 0, `newest: ${code}`);
      for (const code of message.older) strictEqual(code, "ROLLED_BACK");
      if (message.state === "ready") wasReady = true;
    } else if ("tries" in message) {
      tried[message.tries.name] = message.tries.seq;
    } else if ("keeps" in message) {
      wasKept = true;
      kept[message.keeps.name] = message.keeps.seq;
    } else if ("logged" in message && message.logged.event === "ledger.repaired") {
      repairs++;
      // The file is replaced atomically and before the keychain: a crash never leaves it damaged or outdated.
      ok(message.logged["witness"] === "keychain" || !wasKept, "the file had to be repaired");
    }
  }

  /**
   * Starts the app; resolves with its messages and how it ended. On a busy machine the keychain may answer too late:
   * such a start reports `STORE_LOCKED` and changes nothing; it is counted and repeated.
   */
  async function start(options: Pick<ProcessOptions, "killAt" | "rounds">, during?: (child: ChildProcess) => void) {
    for (let tries = 0; tries < 5; tries++) {
      const result = await startOnce(options, during);
      if (!result.messages.some((message) => "state" in message && message.state === "STORE_LOCKED")) return result;
      lockedStarts++;
    }
    throw new Error("the keychain stays locked");
  }

  async function startOnce(options: Pick<ProcessOptions, "killAt" | "rounds">, during?: (child: ChildProcess) => void) {
    const all: ProcessOptions = { folder, service, tried, kept, activates: true, large, ...options };
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(all)], { stdio: ["ignore", "pipe", "pipe"] });
    const messages: ProcessMessage[] = [];
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_code, signal) => resolve(signal)),
    );
    during?.(child);
    for await (const line of createInterface(child.stdout)) {
      const message = JSON.parse(line) as ProcessMessage;
      messages.push(message);
      if (!("state" in message && message.state === "STORE_LOCKED")) checkMessage(message);
    }
    const signal = await ended;
    if (wasKept)
      ok(WHOLE.test(readFileSync(join(folder, "ledger", "ledger.json"), "utf8")), "the file is not complete");
    const isLocked = messages.some((message) => "state" in message && message.state === "STORE_LOCKED");
    if (signal === null && !isLocked && !messages.some((message) => "done" in message))
      throw new Error(`the process failed: ${stderr}`);
    return { messages, signal };
  }

  return {
    kept: () => ({ ...kept }),
    repairs: () => repairs,
    lockedStarts: () => lockedStarts,
    /** A start without a kill. */
    async run(): Promise<void> {
      const { signal, messages } = await start({ rounds: 3 });
      deepStrictEqual([signal, messages.at(-1)], [null, { done: true }]);
    },
    /** A start that is killed at a named point. It must have been reached. */
    async runUntil(killAt: string): Promise<void> {
      const { signal } = await start({ killAt, rounds: 3 });
      strictEqual(signal, "SIGKILL", `${killAt} was never reached`);
    },
    /** A start that is killed from outside, this long after it read its witnesses. */
    async runAndKillAfter(delayMs: number): Promise<void> {
      const { signal } = await start({ rounds: 1_000_000 }, (child) => {
        child.stdout?.once("data", () => void setTimeout(delayMs).then(() => child.kill("SIGKILL")));
      });
      strictEqual(signal, "SIGKILL");
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  };
}
