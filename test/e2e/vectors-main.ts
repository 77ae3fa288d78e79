// Runs in Electron's main process: checks the published vectors with the cryptography that the app really has there.
// argv: the file of the vectors, and the path for the outcome.
import { app } from "electron";
import { readFileSync, writeFileSync } from "node:fs";
import { type ContainerVectors, runContainerVectors } from "../vectors/run-container-vectors.ts";

const [vectorsFile = "", outcomeFile = ""] = process.argv.slice(-2);
void app.whenReady().then(run);

async function run(): Promise<void> {
  const outcome = await runContainerVectors(JSON.parse(readFileSync(vectorsFile, "utf8")) as ContainerVectors);
  writeFileSync(outcomeFile, JSON.stringify({ electron: process.versions["electron"], ...outcome }));
  app.exit(0);
}
