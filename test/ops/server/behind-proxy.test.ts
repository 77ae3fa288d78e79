import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startRingServer } from "../../../src-ops/server/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { LOGS_PATH, MAX_BATCH_BYTES } from "../../../src-shared/telemetry/index.ts";
import { certificateFor } from "../../fakes/certificate.ts";
import { freePort } from "../../fakes/free-port.ts";
import { createPilot, writeEnrolmentAnchor } from "../../fakes/pilot.ts";
import { startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

// Debian's nginx and Caddy with the configurations that the page shows; only addresses and files are replaced.
vi.setConfig({ testTimeout: 120_000 });
const NGINX = "/usr/sbin/nginx";
const CADDY = "/usr/bin/caddy";
const NAME = "rings.example.org";
const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/rings/ring-server.md"), "utf8");
const SHOWN = /```nginx\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? "";
const SHOWN_FOR_CADDY = /```\n(rings\.example\.org \{[\s\S]*?)```/.exec(PAGE)?.[1] ?? "";

type Request = { readonly body?: Uint8Array; readonly headers?: Record<string, string>; readonly from?: string };
type Answer = { readonly status: number | undefined; readonly text: string };

type Address = { readonly port: number; readonly cert: string };
type Proxy = Address & {
  readonly reload: () => void;
  /** Ends it like `systemctl restart nginx`, and starts it again. */
  readonly restart: () => Promise<void>;
};

function replaced(shown: string, values: readonly (readonly [from: string, to: string])[]): string {
  return values.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the page does not show ${from}`);
    return text.replaceAll(from, to);
  }, shown);
}

/** Starts Caddy in front of the ring server at this address, with a certificate that it need not ask for. */
async function startCaddy(serverUrl: string, port: number): Promise<Address> {
  const folder = temporaryFolder();
  const { certFile, key, cert } = certificateFor(NAME);
  writeFileSync(join(folder, "rings.key"), key);
  const site = replaced(SHOWN_FOR_CADDY, [
    [`${NAME} {`, `https://${NAME}:${port} {\n  bind 127.0.0.1\n  tls ${certFile} ${folder}/rings.key`],
    ["127.0.0.1:8787", new URL(serverUrl).host],
  ]);
  const file = join(folder, "Caddyfile");
  writeFileSync(file, `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const running = spawn(CADDY, ["run", "--adapter", "caddyfile", "--config", file], { env, stdio: "ignore" });
  const ended = once(running, "exit");
  onTestFinished(async () => void (running.kill("SIGTERM"), await ended));
  while (!(await answers({ port, cert })))
    await Promise.race([wait(20), ended.then(() => Promise.reject(new Error("Caddy ended")))]);
  return { port, cert };
}

/** Starts nginx in front of the ring server at this address. */
async function startNginx(serverUrl: string, port: number): Promise<Proxy> {
  const folder = temporaryFolder();
  const { certFile, key, cert } = certificateFor(NAME);
  const address = { port, cert };
  const site = replaced(SHOWN, [
    ["443", `127.0.0.1:${port}`],
    ["/etc/ssl/rings.pem", certFile],
    ["/etc/ssl/rings.key", join(folder, "rings.key")],
    ["http://127.0.0.1:8787", serverUrl],
  ]);
  writeFileSync(join(folder, "rings.key"), key);
  mkdirSync(join(folder, "bodies"));
  const paths = ["fastcgi", "uwsgi", "scgi", "proxy"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  const around = `error_log stderr error; pid ${folder}/nginx.pid; ${process.getuid?.() === 0 ? "user root;" : ""}
events {}
http { access_log off; client_body_temp_path ${folder}/bodies; ${paths}
${site}}`;
  const file = join(folder, "nginx.conf");
  writeFileSync(file, around);
  const checked = spawnSync(NGINX, ["-t", "-q", "-c", file], { encoding: "utf8" });
  if (checked.status !== 0) throw new Error(checked.stderr);
  let running: ChildProcess | undefined;
  async function start(): Promise<void> {
    running = spawn(NGINX, ["-c", file, "-g", "daemon off;"], { stdio: "ignore" });
    while (!(await answers(address))) await wait(20);
  }
  async function end(signal: "SIGQUIT" | "SIGTERM"): Promise<void> {
    if (!running || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill(signal);
    await ended;
  }
  await start();
  onTestFinished(() => end("SIGTERM"));
  return {
    ...address,
    reload: () => void running?.kill("SIGHUP"),
    restart: async () => (await end("SIGTERM"), start()),
  };
}

async function answers(address: Address): Promise<boolean> {
  return send(address, "/healthz").then(
    () => true,
    () => false,
  );
}

/** One request over HTTP/1.1, on a connection of its own, from one of this computer's addresses. */
function send(
  { port, cert }: Address,
  path: string,
  { body, headers = {}, from = "127.0.0.1" }: Request = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body ? "POST" : "GET";
    const to = { host: "127.0.0.1", port, path, method, headers: { Host: NAME, ...headers }, localAddress: from };
    const tls = { servername: NAME, ca: cert, agent: new Agent({ maxCachedSessions: 0 }) };
    const asking = request({ ...to, ...tls }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.once("end", () => resolve({ status: response.statusCode, text })).once("error", reject);
    });
    asking.once("error", reject).end(body);
  });
}

const JSON_TYPE = { "Content-Type": "application/json" };
const ONCE = { max: 1, timeWindow: 60_000 };

/** A server behind a proxy that takes one request a minute from each network. */
async function startStrict<T>(startProxy: (serverUrl: string, port: number) => Promise<T>): Promise<T> {
  const server = await startRingServer({
    store: openSqliteStore(join(temporaryFolder(), "ring.sqlite")),
    roots: [],
    host: "127.0.0.1",
    port: 0,
    trustedProxies: ["127.0.0.1"],
    now: Date.now,
    note: () => undefined,
    ticketToken: () => undefined,
    limits: { device: ONCE, stranger: ONCE, unenrolled: ONCE },
  });
  onTestFinished(server.stop);
  return startProxy(server.url, await freePort());
}

/** A server that trusts the tests' enrolments, and a proxy in front of it. */
async function startEnrolling() {
  const [data, trust, port] = [join(temporaryFolder(), "data"), temporaryFolder(), await freePort()];
  writeEnrolmentAnchor(trust);
  const ingest = `https://${NAME}`;
  const options = ["--data", data, "--trust", trust, "--trusted-proxy", "127.0.0.1", "--ingest-url", ingest];
  const server = await startRingServerProcess(options);
  onTestFinished(server.kill);
  const proxy = await startNginx(server.url, port);
  return { proxy, ingest, database: join(data, "ring.sqlite") };
}

describe.each([
  ["nginx", NGINX, startNginx],
  ["Caddy", CADDY, startCaddy],
] as const)("a ring server behind %s", (_name, program, startProxy) => {
  it.skipIf(!existsSync(program))(
    "counts each client under its own address, whatever the client writes into its headers",
    async () => {
      const proxy = await startStrict<Address>(startProxy);
      const ask = async (from: string, forwarded?: string) => {
        const claimed = forwarded === undefined ? {} : { "X-Forwarded-For": forwarded, "X-Real-IP": forwarded };
        return (await send(proxy, LOGS_PATH, { body: Buffer.from("{}"), headers: { ...JSON_TYPE, ...claimed }, from }))
          .status;
      };
      expect([await ask("127.0.0.2"), await ask("127.0.0.3"), await ask("127.0.0.2")]).toEqual([400, 400, 429]);
      // Somebody who claims the address of another client, or of the proxy, or a new one with every request.
      expect(await ask("127.0.0.3", "192.0.2.1")).toBe(429);
      expect(await ask("127.0.0.3", "127.0.0.1")).toBe(429);
      expect([await ask("127.0.0.4", "127.0.0.5"), await ask("127.0.0.5")]).toEqual([400, 400]);
    },
  );
});

describe.skipIf(!existsSync(NGINX))("a ring server behind nginx as the page shows it", () => {
  it("is reached with TLS only, with the certificate of its name", async () => {
    const proxy = await startStrict(startNginx);
    const { port } = proxy;
    expect(await send(proxy, "/healthz")).toMatchObject({ status: 200 });
    const plain = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(plain.status).toBe(400);
    const old = spawnSync(
      "openssl",
      ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_1", "-cipher", "ALL@SECLEVEL=0"],
      { input: "" },
    );
    expect(old.status).not.toBe(0);
  });

  it("takes a signed batch over HTTP/2 and over HTTP/1.1", async () => {
    const { proxy, ingest, database } = await startEnrolling();
    const pilot = createPilot("one", Date.now());
    const body = pilot.bodyOf([pilot.stateEvent(1)], 1);
    const session = connectHttp2(`https://127.0.0.1:${proxy.port}`, { servername: NAME, ca: proxy.cert });
    onTestFinished(() => session.destroy());
    const headers = { ":method": "POST", ":path": LOGS_PATH, ":authority": NAME };
    const stream = session.request({ ...headers, ...pilot.headersOf(ingest, LOGS_PATH, body) });
    stream.end(body);
    const [answer] = (await once(stream, "response")) as [{ ":status": number }];
    expect([answer[":status"], session.alpnProtocol]).toEqual([200, "h2"]);
    const second = pilot.bodyOf([pilot.stateEvent(2)], 2);
    const sent = await send(proxy, LOGS_PATH, { body: second, headers: pilot.headersOf(ingest, LOGS_PATH, second) });
    expect(sent.status).toBe(200);
    expect(idsIn(database)).toHaveLength(2);
  });

  it("has the server's limit for bodies: the largest batch arrives, a longer one is refused by nginx", async () => {
    const { proxy, ingest } = await startEnrolling();
    const pilot = createPilot("one", Date.now());
    const sendBytes = (length: number) => {
      const body = Buffer.alloc(length, " ");
      return send(proxy, LOGS_PATH, { body, headers: pilot.headersOf(ingest, LOGS_PATH, body) });
    };
    // The server has read the largest one: it is no JSON.
    expect(await sendBytes(MAX_BATCH_BYTES)).toMatchObject({
      status: 400,
      text: expect.stringContaining("code") as string,
    });
    expect(await sendBytes(MAX_BATCH_BYTES + 1)).toMatchObject({
      status: 413,
      text: expect.stringContaining("nginx") as string,
    });
  });

  it("loses no acknowledged batch when nginx is reloaded and restarted under load", async () => {
    const { proxy, ingest, database } = await startEnrolling();
    const [acknowledged, everSent] = [new Set<string>(), new Set<string>()];
    let failures = 0;
    const EVENTS = 25;
    const load = Array.from({ length: 8 }, async (_, index) => {
      const pilot = createPilot(`computer ${index}`, Date.now());
      for (let seq = 1; seq <= EVENTS; seq++) {
        const event = pilot.stateEvent(seq);
        everSent.add(event.id);
        const body = pilot.bodyOf([event], seq);
        // Like the app: what was not acknowledged is sent again.
        for (;;) {
          const headers = pilot.headersOf(ingest, LOGS_PATH, body);
          const answer = await send(proxy, LOGS_PATH, { body, headers }).catch(() => undefined);
          if (answer?.status === 200) break;
          if (answer && answer.status !== 502) throw new Error(`answered ${answer.status}: ${answer.text}`);
          failures++;
          await wait(20);
        }
        acknowledged.add(event.id);
      }
    });
    const total = load.length * EVENTS;
    for (const share of [0.1, 0.2, 0.3, 0.4, 0.5, 0.7]) {
      while (acknowledged.size < share * total) await Promise.race([wait(5), ...load]);
      if (share < 0.45) proxy.reload();
      else await proxy.restart();
    }
    await Promise.all(load);
    const stored = idsIn(database);
    expect(new Set(stored)).toEqual(acknowledged);
    expect([stored.length, acknowledged.size]).toEqual([everSent.size, total]);
    // The restarts did meet requests.
    expect(failures).toBeGreaterThan(0);
  });
});

function idsIn(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("SELECT id FROM events").all();
  database.close();
  return rows.map(({ id }) => String(id));
}
