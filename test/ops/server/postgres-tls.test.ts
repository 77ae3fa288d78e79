import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openRingStore } from "../../../src-ops/server/store/index.ts";
import { createPool } from "../../../src-ops/server/store/postgres-connection.ts";
import { certificateFor, certificateIn } from "../../fakes/certificate.ts";
import { type PostgresServer, startPostgres } from "../../fakes/postgres-server.ts";
import { startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

// Debian's PostgreSQL with a certificate for `localhost`: 127.0.0.1 is then a wrong name for it.
let certFile = "";
let database = "";
let server: PostgresServer;
beforeAll(async () => {
  const certificate = certificateIn(temporaryFolder(afterAll), "localhost");
  ({ certFile } = certificate);
  server = await startPostgres({ certificate });
  database = /^postgres:\/\/\/(\w+)/.exec(await server.create())?.[1] ?? "";
});
afterAll(() => server.stop());

const urlOf = (host: string, query: Record<string, string>, port = server.port) =>
  `postgres://ring@${host}:${port}/${database}?${new URLSearchParams(query).toString()}`;
const VERIFIED = () => ({ sslmode: "verify-full", sslrootcert: certFile });
const open = (databaseUrl: string) => openRingStore({ data: "", databaseUrl }, "create");

async function codeOf(url: string): Promise<string | undefined> {
  const opened = await open(url);
  if (!opened.ok) return opened.error.code;
  await opened.value.close();
  return undefined;
}

describe("a database that is reached with TLS", () => {
  it("is used when its certificate is of the named authority and name, and each connection is encrypted", async () => {
    const url = urlOf("localhost", VERIFIED());
    const opened = await open(url);
    if (!opened.ok) throw new Error(opened.error.message);
    onTestFinished(() => opened.value.close());
    expect(await opened.value.leadership.isOurs()).toBe(true);
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    const CONNECTIONS = `SELECT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
      WHERE application_name = 'ring-server'`;
    const { rows } = await pool.query<{ ssl: boolean; version: string }>(CONNECTIONS);
    expect(rows.length).toBeGreaterThan(2);
    expect(new Set(rows.map(({ ssl, version }) => `${ssl} ${version}`))).toEqual(new Set(["true TLSv1.3"]));
  });

  it.each([
    ["another name", () => urlOf("127.0.0.1", VERIFIED())],
    [
      "another authority",
      () => urlOf("localhost", { ...VERIFIED(), sslrootcert: certificateFor("localhost").certFile }),
    ],
    ["no authority that this computer knows", () => urlOf("localhost", { sslmode: "verify-full" })],
    // The client checks the name for these too.
    ["another name, with require", () => urlOf("127.0.0.1", { ...VERIFIED(), sslmode: "require" })],
    ["another name, with verify-ca", () => urlOf("127.0.0.1", { ...VERIFIED(), sslmode: "verify-ca" })],
    ["another name, with a misspelt mode", () => urlOf("127.0.0.1", { ...VERIFIED(), sslmode: "verify_full" })],
  ])("is refused with %s", async (_name, url) => {
    expect(await open(url())).toMatchObject({
      ok: false,
      error: { code: "STORAGE_UNTRUSTED", message: expect.stringContaining("sslrootcert") as string },
    });
  });

  it("is refused when the file with the authority is missing or holds none", async () => {
    const missing = join(temporaryFolder(), "ca.pem");
    const url = urlOf("localhost", { ...VERIFIED(), sslrootcert: missing });
    expect(await open(url)).toMatchObject({
      ok: false,
      error: { code: "DATABASE_URL_INVALID", message: expect.stringContaining(missing) as string },
    });
    writeFileSync(missing, "no certificate");
    expect(await open(url)).toMatchObject({ ok: false, error: { code: "STORAGE_UNTRUSTED" } });
    rmSync(missing);
  });

  it("is refused when it has no TLS, instead of being used without", async () => {
    const client = new Client({ connectionString: urlOf("localhost", VERIFIED()) });
    await client.connect();
    await client.query("ALTER SYSTEM SET ssl = off");
    await client.query("SELECT pg_reload_conf()");
    await client.end();
    try {
      // The setting is read a moment later.
      await expect.poll(() => codeOf(urlOf("localhost", VERIFIED()))).toBe("STORAGE_UNTRUSTED");
    } finally {
      const plain = new Client({ connectionString: urlOf("localhost", { sslmode: "disable" }) });
      await plain.connect();
      await plain.query("ALTER SYSTEM RESET ssl");
      await plain.query("SELECT pg_reload_conf()");
      await plain.end();
    }
  });

  it("is named in the server's environment or configuration file; the server says what is wrong and does not start", async () => {
    const good = await startRingServerProcess([], { RING_DATABASE_URL: urlOf("localhost", VERIFIED()) });
    onTestFinished(good.kill);
    expect((await fetch(`${good.url}/healthz`)).status).toBe(200);
    const file = join(temporaryFolder(), "ring-server.json");
    writeFileSync(file, JSON.stringify({ "database-url": urlOf("127.0.0.1", VERIFIED()) }));
    await expect(startRingServerProcess(["--config", file])).rejects.toThrow(/did not prove with TLS/);
  });
});
