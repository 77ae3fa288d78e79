import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { FEED_VARIABLE, KEYS_VARIABLE, MASTER_VARIABLE } from "./options.ts";

const Settings = v.object({
  keys: v.optional(v.string()),
  feed: v.optional(v.string()),
  master: v.optional(v.string()),
});
/** The folders that commands use if no other one is named. */
type Settings = v.InferOutput<typeof Settings>;

/** Where `vaultctl feed init` makes the feed if no folder is named. */
export function defaultFeedFolder(): string {
  return join(homedir(), "usb-video-vault-feed");
}

/** Where `vaultctl init` makes the keys if no folder is named: in the home of the user, who backs it up. */
export function defaultKeyFolder(): string {
  return join(homedir(), "usb-video-vault-keys");
}

/** Where this program remembers things on this computer. */
export function settingsFolder(env: NodeJS.ProcessEnv): string {
  const folder =
    process.platform === "win32"
      ? (env["APPDATA"] ?? join(homedir(), "AppData", "Roaming"))
      : (env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"));
  return join(folder, "usb-video-vault");
}

function settingsPath(env: NodeJS.ProcessEnv): string {
  return join(settingsFolder(env), "vaultctl.json");
}

/** The folders that `vaultctl init`, `vaultctl feed init` and `vaultctl pack --master` made last. */
export function rememberedFolders(env: NodeJS.ProcessEnv): Settings {
  const path = settingsPath(env);
  if (!existsSync(path)) return {};
  const json = parseStrictJson(readFileSync(path));
  const settings = v.safeParse(Settings, json.ok ? json.value : undefined);
  return settings.success ? settings.output : {};
}

/** From now on commands find the remembered folders, unless their variables name others. An empty variable counts as none. */
export function recallFolders(env: NodeJS.ProcessEnv): void {
  const { keys, feed, master } = rememberedFolders(env);
  for (const [variable, folder] of [
    [KEYS_VARIABLE, keys],
    [FEED_VARIABLE, feed],
    [MASTER_VARIABLE, master],
  ] as const) {
    const used = env[variable] || folder;
    if (used === undefined) delete env[variable];
    else env[variable] = used;
  }
}

/** From now on `--keys` means this folder, unless another one is named. */
export function rememberKeys(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  return remember({ keys: resolve(folder) }, env);
}

/** From now on `--repo` means this feed, unless another one is named. */
export function rememberFeed(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  return remember({ feed: resolve(folder) }, env);
}

/** From now on `--master` means this folder, unless another one is named. */
export function rememberMaster(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  return remember({ master: resolve(folder) }, env);
}

async function remember(settings: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  const path = settingsPath(env);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify({ ...rememberedFolders(env), ...settings })}\n`);
}
