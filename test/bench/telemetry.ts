import { nodeHttpClient } from "../../src-shared/node/node-http-client.ts";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { driveElectron } from "../../build/drive-electron.ts";
import { projectRoot } from "../../build/electron-runtime.ts";
import { createHttpPost, createTelemetry, type TelemetryPorts } from "../../src-main/telemetry/index.ts";
import { HOUR, MINUTE } from "../../src-shared/units.ts";
import { AT, FINDING, SENDER } from "../shared/telemetry/events.ts";
import { startTelemetryServer, type TelemetryServer } from "../fakes/telemetry-server.ts";
import { absolute, type Measurement, median, relative } from "./measurement.ts";

const STARTS = 5;
const TICK_MS = 5 * MINUTE * 1_000;
const TICKS = (HOUR * 1_000) / TICK_MS;
const ROUNDS = 5;

/** Measures the cost of telemetry: an hour of simulated use against a real server, and the start of the app. */
export async function measureTelemetry(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  const server = await startTelemetryServer();
  try {
    return [...(await measureHours(folder, server)), await measureStart(folder, server)];
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureHours(folder: string, server: TelemetryServer): Promise<Measurement[]> {
  const hours: Hour[] = [];
  // The first round only compiles the code.
  for (let round = 0; round <= ROUNDS; round++) hours.push(await oneHour(join(folder, `hour-${round}`), server));
  const of = (value: (hour: Hour) => number) => median(hours.slice(1).map(value));
  return [
    absolute(
      "telemetry: processor time per hour of use, what it writes and sends",
      of(({ cpuMs }) => cpuMs),
      "ms",
      {
        atMost: 1_000,
      },
    ),
    absolute(
      "telemetry: bytes on disk after an hour of use, delivered",
      of(({ disk }) => disk),
      "B",
      { atMost: 65_536 },
    ),
    absolute(
      "telemetry: bytes on disk after an hour without a server",
      of(({ queued }) => queued),
      "B",
      {
        atMost: 131_072,
      },
    ),
    absolute(
      "telemetry: bytes sent per hour of use",
      of(({ sent }) => sent),
      "B",
      { atMost: 262_144 },
    ),
  ];
}

type Hour = {
  readonly cpuMs: number;
  readonly disk: number;
  readonly queued: number;
  readonly sent: number;
};

/** Twelve times five minutes with a hundred operations each, and one refusal in the hour, on a simulated clock. */
async function oneHour(folder: string, server: TelemetryServer): Promise<Hour> {
  const queued = bytesIn(await runHour(`${folder}-offline`, undefined));
  const before = server.requests.length;
  const from = process.cpuUsage();
  const left = await runHour(folder, server);
  const { user, system } = process.cpuUsage(from);
  const sent = server.requests.slice(before).reduce((total, { body }) => total + body.length, 0);
  return { cpuMs: (user + system) / 1_000, disk: bytesIn(left), queued, sent };
}

async function runHour(folder: string, server: TelemetryServer | undefined): Promise<string> {
  let ms = 0;
  const { "service.instance.id": _pid, "uvv.ring": _ring, ...sender } = SENDER;
  const ports: TelemetryPorts = {
    folder,
    hasConsent: () => true,
    enrolment: async () => undefined,
    sender,
    destination: { url: server?.url ?? "http://127.0.0.1:9", isOurs: true },
    monitoring: undefined,
    post: server ? createHttpPost(nodeHttpClient) : async () => undefined,
    sign: async () => undefined,
    wait: (_ms, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    random: () => 0,
    now: () => AT + ms,
    monotonic: () => ms,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    sample: async () => ({ downMs: 0, cpuMs: ms / 10, privateBytes: 150_000_000 }),
    knownTime: () => 0,
    minidumps: async () => 0,
    changed: () => undefined,
    log: () => undefined,
  };
  const telemetry = createTelemetry(ports);
  telemetry.note({ kind: "usable", startMs: 800 });
  telemetry.report(FINDING);
  for (let tick = 0; tick < TICKS; tick++) {
    for (let count = 0; count < 50; count++) {
      telemetry.note({ kind: "operation", operation: "seek", succeeded: true });
      telemetry.note({ kind: "verdict", code: "OK", tookMs: 3 });
    }
    ms += TICK_MS;
    const before = server?.counts.metrics ?? 0;
    await telemetry.tick();
    if (server) await untilDelivered(server, before);
  }
  await telemetry.close();
  return folder;
}

/** Waits until the metrics of these five minutes are delivered. */
function untilDelivered({ counts }: TelemetryServer, before: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => void (counts.metrics > before ? resolve() : setTimeout(check, 1));
    check();
  });
}

function bytesIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);
}

/** The time from the start of the process to a usable screen, with consent and without, alternately. */
async function measureStart(folder: string, server: TelemetryServer): Promise<Measurement> {
  const times = { given: [] as number[], refused: [] as number[] };
  for (const consent of ["given", "refused"] as const) {
    mkdirSync(join(folder, consent));
    writeFileSync(join(folder, consent, "settings.json"), JSON.stringify({ consent }));
  }
  for (let round = 0; round <= STARTS; round++) {
    for (const consent of ["given", "refused"] as const) {
      const took = await startMs(join(folder, consent), server.url);
      // The first round only fills the caches of both.
      if (round > 0) times[consent].push(took);
    }
  }
  const [on, off] = [median(times.given), median(times.refused)];
  return relative("telemetry: start to usable with it, against without it", on, off, "ms", { atMost: 1.1 });
}

async function startMs(userData: string, ingest: string): Promise<number> {
  const from = performance.now();
  const app = await driveElectron(["--disable-gpu", `--user-data-dir=${userData}`, projectRoot, "--ingest", ingest]);
  const page = await app.firstWindow();
  await page.locator("[data-screen]").first().waitFor();
  const took = performance.now() - from;
  await app.close();
  return took;
}
