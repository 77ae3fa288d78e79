import { readFileSync } from "node:fs";
import { mountedRootsOf } from "../../src-shared/node/mounted-roots.ts";
import { runCommandLine } from "./command-line.ts";
import { findElectron } from "./find-electron.ts";
import { createHost } from "./host.ts";
import { KEYS_VARIABLE } from "./options.ts";
import { rememberedKeys } from "./remembered-keys.ts";

// vaultctl, the publisher's command line. The dependencies are wired here, and the clock is read here.
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
// An empty variable counts as none.
const keys = process.env[KEYS_VARIABLE] || rememberedKeys(process.env);
if (keys === undefined) delete process.env[KEYS_VARIABLE];
else process.env[KEYS_VARIABLE] = keys;
const host = createHost(process, () => performance.now());

await runCommandLine(process.argv.slice(2), host, {
  now: () => Math.floor(Date.now() / 1000),
  appVersion: version,
  mounted: mountedRootsOf(process.platform),
  electron: findElectron(process),
});
