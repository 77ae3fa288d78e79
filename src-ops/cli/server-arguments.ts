import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";

/** The name of the file in the ring server's folder that `ring setup` writes. */
export const SERVER_CONFIGURATION = "ring-server.json";

const Value = v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.number(), v.safeInteger(), v.minValue(0))]);

/** `ring-server.json`: the options of the ring server by their names. A list is a repeated option. */
const ConfigurationFile = v.record(
  v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,30}$/)),
  v.union([Value, v.pipe(v.array(Value), v.maxLength(50))]),
);
export type ServerOptions = v.InferOutput<typeof ConfigurationFile>;

/** Parses `ring-server.json` (people edit it). The ring server checks names and values like those of its command line. */
export function parseServerConfiguration(bytes: Uint8Array): Result<ServerOptions, "MALFORMED"> {
  const json = parseStrictJson(bytes);
  const file = v.safeParse(ConfigurationFile, json.ok ? json.value : undefined);
  return file.success && !("config" in file.output) ? ok(file.output) : err("MALFORMED");
}

/** Reads `ring-server.json`. CONFIGURATION_INVALID. */
export async function readServerConfiguration(path: string): Promise<Attempt<ServerOptions>> {
  const bytes = await readSmallFile(path, 64 * KIB);
  const options = bytes && parseServerConfiguration(bytes);
  if (options?.ok) return options;
  const form = 'a JSON object with options of the ring server by their names, such as "port": 8787';
  return fail("CONFIGURATION_INVALID", `${path} is missing, or is not ${form}.`);
}

/** The ring server's command line with the options of its `--config FILE` before it, so that the command line wins. */
export async function withConfiguration(args: readonly string[]): Promise<Attempt<readonly string[]>> {
  const path = configurationNamed(args);
  if (path === undefined) return ok(args);
  const options = await readServerConfiguration(path);
  if (!options.ok) return options;
  const named = Object.entries(options.value).flatMap(([name, values]) => {
    return [values].flat().map((value) => `--${name}=${value}`);
  });
  return ok([...named, ...args]);
}

function configurationNamed(args: readonly string[]): string | undefined {
  const at = args.findLastIndex((arg) => arg === "--config" || arg.startsWith("--config="));
  const found = args[at];
  return found === "--config" ? args[at + 1] : found?.slice("--config=".length);
}
