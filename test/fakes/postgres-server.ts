import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "./free-port.ts";

const BIN = "/usr/lib/postgresql/15/bin";
const READY_MS = 30_000;

/** A private PostgreSQL for a test, on a socket in its own folder: it uses no existing data, and a port only for TLS. */
export type PostgresServer = {
  /** An empty database. */
  readonly create: () => Promise<string>;
  /** The port on this computer, if the server has a certificate. */
  readonly port: number | undefined;
  /** Stops the server at once, like a power cut; `start` starts it again. */
  readonly crash: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Runs one of PostgreSQL's programs (such as `pg_dump`), with the same rights. */
  readonly run: (program: string, ...args: string[]) => string;
  readonly stop: () => Promise<void>;
};

type PostgresOptions = {
  readonly fsync?: boolean;
  readonly certificate?: { readonly key: string; readonly cert: string };
};
type Identity = { readonly uid?: number; readonly gid?: number };

/**
 * Starts a server.
 *
 * @param fsync false if the data need not survive a power cut
 * @param certificate with it the server also listens on a port of this computer, with TLS
 */
export async function startPostgres({ fsync = false, certificate }: PostgresOptions = {}): Promise<PostgresServer> {
  if (!existsSync(join(BIN, "initdb"))) throw new Error("postgresql-15 is missing: apt-get install postgresql-15");
  const identity = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), "uvv-pg-"));
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    for (const path of [folder, data]) chownSync(path, identity.uid, identity.gid);
  }
  const initArgs = ["-D", data, "-U", "ring", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
  const made = spawnSync(join(BIN, "initdb"), initArgs, { ...identity, cwd: folder, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);

  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const port = certificate && (await freePort("localhost"));
  if (certificate) {
    for (const [path, text] of [
      [cert, certificate.cert],
      [key, certificate.key],
    ] as const) {
      writeFileSync(path, text, { mode: 0o600 });
      if (identity.uid !== undefined && identity.gid !== undefined) chownSync(path, identity.uid, identity.gid);
    }
    // Not on the command line, so that a test can change it.
    appendFileSync(join(data, "postgresql.conf"), `ssl = on\nssl_cert_file = '${cert}'\nssl_key_file = '${key}'\n`);
  }

  const urlOf = (database: string) =>
    `postgres:///${database}?host=${encodeURIComponent(folder)}&user=ring${port ? `&port=${port}` : ""}`;
  let running: { readonly end: (signal: NodeJS.Signals) => Promise<void> } | undefined;
  let count = 0;

  async function start(): Promise<void> {
    const network = port === undefined ? ["listen_addresses="] : ["listen_addresses=localhost", `port=${port}`];
    const settings = [`fsync=${fsync ? "on" : "off"}`, ...network, `unix_socket_directories=${folder}`];
    const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
    const child = spawn(join(BIN, "postgres"), args, { ...identity, cwd: folder, stdio: "ignore" });
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    running = { end: async (signal) => (child.kill(signal), closed) };
    const from = performance.now();
    while (!(await answers(urlOf("postgres")))) {
      if (performance.now() - from > READY_MS) throw new Error("PostgreSQL did not start");
      await wait(50);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    await running?.end(signal);
    running = undefined;
  }

  await start();
  return {
    async create() {
      const name = `ring${count++}`;
      const client = new Client(urlOf("postgres"));
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return urlOf(name);
    },
    port,
    crash: () => end("SIGQUIT"),
    start,
    run(program, ...more) {
      const done = spawnSync(join(BIN, program), more, { cwd: folder, encoding: "utf8" });
      if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr}`);
      return done.stdout;
    },
    async stop() {
      await end("SIGQUIT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// PostgreSQL refuses to run as root; its package creates a user for it.
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ["-u", "-g"].map((which) =>
    Number(spawnSync("id", [which, "postgres"], { encoding: "utf8" }).stdout),
  );
  if (!uid || !gid) throw new Error("the user postgres, who has to run the server, does not exist");
  return { uid, gid };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client(url);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
