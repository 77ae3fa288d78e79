import { buildApp } from "../../build/build-app.ts";
import { runOnPrivateDesktop } from "../../build/desktop.ts";
import { readElectronRuntime } from "../../build/electron-runtime.ts";
import { measureApp } from "./app.ts";
import { benchFilms } from "./films.ts";
import { measureLicense } from "./license.ts";
import { absolute, type Measurement, percentile } from "./measurement.ts";
import { measurePacking } from "./packing.ts";
import { measurePlayback } from "./playback.ts";
import { measureRings } from "./rings.ts";
import { bundleBenchPrograms } from "./run-electron.ts";
import { measureUpdates } from "./updates.ts";
import { measureTelemetry } from "./telemetry.ts";

// `npm run bench [-- --json]`. Everything runs on a virtual display with a private keychain.
const asJson = process.argv.includes("--json");
if (process.env["UVV_VIRTUAL_DISPLAY"] !== "1") {
  process.exit(await runOnPrivateDesktop([process.execPath, ...process.argv.slice(1)], { UVV_VIRTUAL_DISPLAY: "1" }));
}

say("building, and making the films for the measurements");
await buildApp();
await bundleBenchPrograms();
const { film, half, large } = benchFilms();
const { version, origin } = readElectronRuntime();
const measurements: Measurement[] = [];
if (!asJson) process.stdout.write(`Electron ${version} (${origin})\n`);
await measure("the machine", () => [machineNoise()]);
await measure("license verdicts", measureLicense);
await measure("looking for updates", measureUpdates);
await measure("seeking and decrypting", () => measurePlayback(film, large));
await measure("packing", () => measurePacking(large, half));
await measure("ring control", measureRings);
await measure("the app", () => measureApp(film));
await measure("telemetry", measureTelemetry);
if (asJson) process.stdout.write(`${JSON.stringify(measurements, null, 2)}\n`);

/** Prints each group as soon as it is measured, so that a later failure loses no results. */
async function measure(name: string, run: () => Measurement[] | Promise<Measurement[]>): Promise<void> {
  say(name);
  const rows = await run();
  measurements.push(...rows);
  for (const row of rows) (asJson ? process.stderr : process.stdout).write(`${line(row)}\n`);
}

/** How much the time of the same work varies on this machine now: smaller differences mean nothing. */
function machineNoise(): Measurement {
  const times = Array.from({ length: 15 }, () => {
    const from = performance.now();
    let sum = 0;
    for (let index = 0; index < 2e7; index++) sum = (sum + index * index) % 1_000_003;
    if (sum < 0) throw new Error("arithmetic is broken");
    return performance.now() - from;
  });
  return absolute(
    "machine noise: p90 of one fixed loop over its p10",
    percentile(times, 90) / percentile(times, 10),
    "x",
  );
}

function line({ name, value, unit, baseline, ratio, limit, ok }: Measurement): string {
  const comparison = baseline === null ? "" : ` against ${baseline} ${unit}, ratio ${ratio}`;
  return `${ok ? "ok  " : "MISS"} ${name}: ${value} ${unit}${comparison}${limit === null ? "" : ` (${limit})`}`;
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
