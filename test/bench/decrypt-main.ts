// In Electron's main process: clear bytes per second from a container on disk, read as the player reads it. argv: the
// container, and the output file. The container's key, salt and context are fixed.
import { app } from "electron";
import { statSync, writeFileSync } from "node:fs";
import { READ_BYTES } from "../../src-main/playback/index.ts";
import { openVaultFile } from "../../src-shared/node/vault-reader.ts";
import { BENCH_CONTEXT, BENCH_KEY } from "./bench-container.ts";

const ROUNDS = 5;
const [container = "", outcomeFile = ""] = process.argv.slice(-2);

void app.whenReady().then(run);

async function run(): Promise<void> {
  const file = await openVaultFile([{ path: container, size: statSync(container).size }], BENCH_KEY, BENCH_CONTEXT);
  if (!file.ok) throw new Error(file.error);
  const { size } = file.value;
  const bytesPerSecond: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    for (let at = 0; at < size; at += READ_BYTES) {
      const clear = await file.value.read(at, Math.min(READ_BYTES, size - at));
      if (!clear.ok) throw new Error(clear.error);
    }
    bytesPerSecond.push((size * 1000) / (performance.now() - from));
  }
  await file.value.close();
  writeFileSync(outcomeFile, JSON.stringify({ bytesPerSecond }));
  app.exit(0);
}
