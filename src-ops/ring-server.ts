import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { failureOf } from "./failure.ts";
import { RING_DATA, RING_DATABASE, startRingServer } from "./rings/index.ts";
import { loadTrust } from "./trust/index.ts";

// `npm run ring-server -- --port 8787`. Everything is wired here; the clock is read here. One JSON object a line goes to
// standard error, and the server's address to standard output once it listens.
type Options = { port: number; host: string; data: string; trust?: string };

const program = new Command("ring-server")
  .description("Hears the telemetry of the rings, and keeps it.")
  .option("--port <n>", "0 takes any that is free, and prints it", port, 8787)
  .option("--host <address>", "where to listen; put a TLS proxy before it for others than this machine", "127.0.0.1")
  .option("--data <folder>", "where its database is", RING_DATA)
  .option("--trust <folder>", "public keys of the publisher (default: the ones compiled in)")
  .exitOverride();

try {
  await run(program.parse().opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  stop(failureOf(error).message);
}

async function run({ port: wanted, host, data, trust }: Options): Promise<void> {
  const roots = await loadTrust(trust, undefined);
  if (!roots.ok) return stop(roots.error.message);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const server = await startRingServer({
    path: join(data, RING_DATABASE),
    roots: roots.value.roots,
    host,
    port: wanted,
    now: Date.now,
    note,
    ticketToken: process.env["RING_TICKET_TOKEN"],
  });
  process.stdout.write(`${server.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.stop());
}

function note(event: string, fields: Readonly<Record<string, string | number>> = {}): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
}

function stop(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 65_535) return value;
  throw new InvalidArgumentError("It must be a port from 0 to 65535.");
}
