// Runs in Electron's main process: the app's way to the network, against a real server. argv: the path for the outcomes.
import { app } from "electron";
import { writeFileSync } from "node:fs";
import { createElectronHttpClient, openNetworkSession } from "../../src-main/network/index.ts";
import { runHttpClientCases } from "../vectors/run-http-client-cases.ts";

const outcomesFile = process.argv.at(-1) ?? "";
// Electron would show it in a dialog, and wait.
process.on("uncaughtException", (error) => {
  writeFileSync(outcomesFile, JSON.stringify({ uncaught: String(error) }));
  app.exit(1);
});
void app.whenReady().then(run);

async function run(): Promise<void> {
  const outcomes = await runHttpClientCases(createElectronHttpClient(openNetworkSession));
  writeFileSync(outcomesFile, JSON.stringify(outcomes));
  app.exit(0);
}
