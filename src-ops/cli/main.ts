import { readFileSync } from "node:fs";
import { mountedRootsOf } from "../../src-shared/node/mounted-roots.ts";
import { runCommandLine } from "./command-line.ts";
import { findElectron } from "./find-electron.ts";
import { createHost } from "./host.ts";
import { createKeytarKeychain } from "./keytar-keychain.ts";
import { PASSWORD_VARIABLE } from "./passwords.ts";
import { recallFolders, settingsFolder } from "./remembered-folders.ts";

// vaultctl, the publisher's command line. The dependencies are wired here, and the clock is read here.
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
recallFolders(process.env);
if (process.env[PASSWORD_VARIABLE] === "") delete process.env[PASSWORD_VARIABLE];
const host = createHost(process, () => performance.now());

const keychain = createKeytarKeychain();

await runCommandLine(process.argv.slice(2), host, {
  now: () => Math.floor(Date.now() / 1000),
  appVersion: version,
  keychain,
  settingsFolder: settingsFolder(process.env),
  mounted: mountedRootsOf(process.platform),
  electron: findElectron(process),
});
// A question of the keychain that nobody answers must not keep the process alive.
if (keychain.isWaiting()) process.exit();
