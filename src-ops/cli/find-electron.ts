import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import type { ElectronProgram } from "../packing/index.ts";

const RUNTIME_FILE = join(import.meta.dirname, "..", "..", ".cache", "electron.json");
const Runtime = v.object({ executable: v.string() });

/** The Electron that the project's bootstrap found; `undefined` if there is none, or no screen that it could use. */
export function findElectron(process: NodeJS.Process): ElectronProgram | undefined {
  const hasScreen = process.platform !== "linux" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  if (!hasScreen || !existsSync(RUNTIME_FILE)) return undefined;
  const json = parseStrictJson(readFileSync(RUNTIME_FILE));
  const runtime = v.safeParse(Runtime, json.ok ? json.value : undefined);
  if (!runtime.success || !existsSync(runtime.output.executable)) return undefined;
  // Chromium has no sandbox for root.
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  return { program: runtime.output.executable, switches: [...(isRoot ? ["--no-sandbox"] : []), "--disable-gpu"] };
}
