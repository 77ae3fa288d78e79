import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "../../../src-shared/node/atomic-files.ts";
import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";

/** What the app's own Chromium did with a film. */
const TrialResult = v.object({
  durationSeconds: v.nullish(v.number(), null),
  width: v.optional(v.number(), 0),
  height: v.optional(v.number(), 0),
  opened: v.optional(v.boolean(), false),
  /** The first second played. */
  played: v.optional(v.boolean(), false),
  /** A second from the middle played. */
  sought: v.optional(v.boolean(), false),
  pictures: v.optional(v.number(), 0),
  picturesAfterSeek: v.optional(v.number(), 0),
  soundBytes: v.optional(v.number(), 0),
  error: v.nullish(v.string(), null),
});
export type TrialResult = v.InferOutput<typeof TrialResult>;

/** How the app's Electron is started: the program, and the switches that this computer needs. */
export type ElectronProgram = { readonly program: string; readonly switches: readonly string[] };

const MAIN = join(import.meta.dirname, "trial-main.cjs");
const MARK = "trial:";

/**
 * Plays films in a hidden window. There are fewer results than films if the program ended early; then nothing is known
 * about the others.
 */
export async function playTrial(
  electron: ElectronProgram,
  films: readonly string[],
  signal: AbortSignal,
  onPlayed: (index: number) => void = () => {},
): Promise<readonly TrialResult[]> {
  const userData = await mkdtemp(join(tmpdir(), "uvv-trial-"));
  try {
    let played = 0;
    const onText = (text: string) => {
      for (let left = text.split(MARK).length - 1; left > 0; left--) onPlayed(played++);
    };
    const output = await run([electron.program, ...electron.switches, MAIN, userData, "--", ...films], signal, onText);
    return output.split("\n").flatMap((line) => {
      const json = line.startsWith(MARK) ? parseStrictJson(utf8(line.slice(MARK.length))) : undefined;
      const result = v.safeParse(TrialResult, json?.ok ? json.value : undefined);
      return result.success ? [result.output] : [];
    });
  } finally {
    await removeFolder(userData);
  }
}

function run(
  [program = "", ...args]: readonly string[],
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], signal });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onText(text);
    });
    child.once("close", () => resolve(output));
    // An Electron that cannot be started answers nothing.
    child.once("error", (error) => (signal.aborted ? reject(error) : resolve(output)));
  });
}
