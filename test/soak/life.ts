import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { Orders, Word } from "./words.ts";

const NAMES = ["ferry", "lantern", "quay"];
/** A sealed file from its first character to its last. */
const WHOLE = /^\{.*\}\.[A-Za-z0-9_-]{43}$/;
const VICTIM = join(import.meta.dirname, "ledger-victim.ts");

/** One computer through many starts of the app, and what must still be true at each. */
export type Life = ReturnType<typeof newLife>;

export function newLife(folder: string, service: string) {
  mkdirSync(folder, { recursive: true });
  const tried: Record<string, number> = Object.fromEntries(NAMES.map((name) => [name, 0]));
  const kept: Record<string, number> = { ...tried };
  let repairs = 0;
  let lockedStarts = 0;
  let wasReady = false;
  let wasKept = false;

  function hear(word: Word): void {
    if ("state" in word) {
      // Before the first record was whole there may be none; afterwards there always is.
      ok(word.state === "ready" || (word.state === "fresh" && !wasReady && !wasKept), `state ${word.state}`);
      for (const name of NAMES) {
        const seq = word.seqs[name] ?? 0;
        ok(seq >= (kept[name] ?? 0), `${name} went down from ${kept[name]} to ${seq}`);
        ok(seq <= (tried[name] ?? 0), `${name} is at ${seq}, which nobody tried`);
        kept[name] = seq;
      }
      strictEqual(word.newest.length, NAMES.length);
      for (const [i, code] of word.newest.entries())
        ok(code === "OK" || tried[NAMES[i] ?? ""] === 0, `newest: ${code}`);
      for (const code of word.older) strictEqual(code, "ROLLED_BACK");
      if (word.state === "ready") wasReady = true;
    } else if ("tries" in word) {
      tried[word.tries.name] = word.tries.seq;
    } else if ("keeps" in word) {
      wasKept = true;
      kept[word.keeps.name] = word.keeps.seq;
    } else if ("logged" in word && word.logged.event === "ledger.repaired") {
      repairs++;
      // The file is replaced whole and before the keychain: a crash never leaves it spoilt or behind.
      ok(word.logged["witness"] === "keychain" || !wasKept, "the file had to be repaired");
    }
  }

  /**
   * Starts the app; resolves with what it said and how it ended. A busy machine makes the keychain answer too late: such a
   * start says `STORE_LOCKED` and touches nothing, is counted, and made again.
   */
  async function live(orders: Pick<Orders, "killAt" | "rounds">, during?: (child: ChildProcess) => void) {
    for (let tries = 0; tries < 5; tries++) {
      const lived = await liveOnce(orders, during);
      if (!lived.words.some((word) => "state" in word && word.state === "STORE_LOCKED")) return lived;
      lockedStarts++;
    }
    throw new Error("the keychain stays locked");
  }

  async function liveOnce(orders: Pick<Orders, "killAt" | "rounds">, during?: (child: ChildProcess) => void) {
    const all: Orders = { folder, service, tried, kept, activates: true, ...orders };
    const child = spawn(process.execPath, [VICTIM, JSON.stringify(all)], { stdio: ["ignore", "pipe", "pipe"] });
    const words: Word[] = [];
    let complaints = "";
    child.stderr.on("data", (text: Buffer) => (complaints += text.toString()));
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_code, signal) => resolve(signal)),
    );
    during?.(child);
    for await (const line of createInterface(child.stdout)) {
      const word = JSON.parse(line) as Word;
      words.push(word);
      if (!("state" in word && word.state === "STORE_LOCKED")) hear(word);
    }
    const signal = await ended;
    if (wasKept) ok(WHOLE.test(readFileSync(join(folder, "ledger", "ledger.json"), "utf8")), "the file is not whole");
    const isLocked = words.some((word) => "state" in word && word.state === "STORE_LOCKED");
    if (signal === null && !isLocked && !words.some((word) => "done" in word))
      throw new Error(`the victim failed: ${complaints}`);
    return { words, signal };
  }

  return {
    kept: () => ({ ...kept }),
    repairs: () => repairs,
    lockedStarts: () => lockedStarts,
    /** A start that is left alone. */
    async run(): Promise<void> {
      const { signal, words } = await live({ rounds: 3 });
      deepStrictEqual([signal, words.at(-1)], [null, { done: true }]);
    },
    /** A start that ends at a named point. It must have been reached. */
    async runUntil(killAt: string): Promise<void> {
      const { signal } = await live({ killAt, rounds: 3 });
      strictEqual(signal, "SIGKILL", `${killAt} was never reached`);
    },
    /** A start that is killed from outside, so long after it read its witnesses. */
    async runAndKillAfter(delayMs: number): Promise<void> {
      const { signal } = await live({ rounds: 1_000_000 }, (child) => {
        child.stdout?.once("data", () => void setTimeout(delayMs).then(() => child.kill("SIGKILL")));
      });
      strictEqual(signal, "SIGKILL");
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  };
}
