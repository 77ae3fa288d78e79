import { cp, mkdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { readPolicy } from "../gates/index.ts";
import { isInside } from "../paths.ts";
import { readAlerting, readTokenFile } from "../server/index.ts";
import { readServerConfiguration, SERVER_CONFIGURATION } from "./server-arguments.ts";

/** The folder of a backup with the files that `ring-server.json` names, each in a folder with the name of its option. */
const FOLDER = "configuration";

/** The options that name a file, and how a server reads it. Secrets of the environment are in no backup. */
const READERS = {
  alerts: (path: string) => readAlerting(path, {}),
  policy: (path: string) => readPolicy(path),
  "metrics-token": (path: string) => readTokenFile(path, "METRICS_TOKEN_INVALID"),
  "ticket-token": (path: string) => readTokenFile(path, "TICKET_TOKEN_INVALID"),
} as const;
type FileOption = keyof typeof READERS;

/** The files that an alerting configuration names. */
const Companions = v.object({
  email: v.object({
    smtp: v.optional(v.object({ caFile: v.optional(v.string()) })),
    onCall: v.optional(v.object({ calendar: v.optional(v.string()) })),
  }),
});

/** Copies `ring-server.json` and the files that it names into a backup. What is missing is found when the backup is proved. */
export async function copyConfiguration(config: string, to: string): Promise<void> {
  await copyIfThere(config, join(to, SERVER_CONFIGURATION));
  for (const { option, path } of await namedFiles(config)) {
    const folder = join(to, FOLDER, option);
    await copyIfThere(path, join(folder, basename(path)));
    if (option !== "alerts") continue;
    // With the same names beside it. One that is elsewhere is not found there by a restored server either.
    for (const companion of await companionsOf(path)) {
      if (await isInside(companion, dirname(path)))
        await copyIfThere(companion, join(folder, relative(dirname(path), companion)));
    }
  }
}

/** Reads the configuration of a backup as a server does. The options whose files are in it. */
export async function proveConfiguration(backup: string): Promise<Attempt<readonly FileOption[]>> {
  const config = join(backup, SERVER_CONFIGURATION);
  const bytes = await readSmallFile(config, 64 * KIB);
  if (!bytes) return ok([]);
  const valid = await readServerConfiguration(config);
  if (!valid.ok) return valid;
  const files = await namedFiles(config);
  for (const { option, path } of files) {
    const read = await READERS[option](join(backup, FOLDER, option, basename(path)));
    if (!read.ok) return read;
  }
  return ok(files.map(({ option }) => option));
}

/** The folders with the server's keys that the configuration names. */
export async function haltKeyFolders(config: string): Promise<readonly string[]> {
  const read = await readServerConfiguration(config);
  return read.ok ? [read.value["halt-keys"] ?? []].flat().map((folder) => resolve(String(folder))) : [];
}

async function namedFiles(config: string): Promise<readonly { option: FileOption; path: string }[]> {
  const read = await readServerConfiguration(config);
  if (!read.ok) return [];
  return (Object.keys(READERS) as FileOption[]).flatMap((option) => {
    const value = read.value[option];
    return typeof value === "string" ? [{ option, path: resolve(value) }] : [];
  });
}

async function companionsOf(alerts: string): Promise<readonly string[]> {
  const bytes = await readSmallFile(alerts, 64 * KIB);
  const json = bytes && parseStrictJson(bytes);
  const named = v.safeParse(Companions, json?.ok ? json.value : undefined);
  if (!named.success) return [];
  const { smtp, onCall } = named.output.email;
  const names = [smtp?.caFile, onCall?.calendar].filter((name) => name !== undefined);
  return names.map((name) => resolve(dirname(alerts), name));
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
