import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LOGS_PATH } from "../../../src-shared/telemetry/index.ts";
import { type RingServerPorts, startRingServer } from "../../../src-ops/server/ring-server.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { createFrozenPilot, enrolmentIssuer } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const NOW = 1_767_225_600_000;
/** A tenth of the default limits, and more connections than that. */
const LIMITS = { total: 200, ofNetwork: 20 };
const SOCKETS = 220;

async function start({ connections = LIMITS, ...more }: Partial<RingServerPorts> = {}) {
  const server = await startRingServer({
    store: openSqliteStore(join(temporaryFolder(), "ring.sqlite")),
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    connections,
    now: () => NOW,
    note: () => undefined,
    ticketToken: () => undefined,
    ...more,
  });
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  /** Opens a connection from a local address, and sends some bytes. */
  const open = (localAddress: string, bytes: string): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect({ port: Number(new URL(server.url).port), host: "127.0.0.1", localAddress });
      sockets.push(socket);
      socket.on("error", () => undefined).resume();
      socket.once("connect", () => socket.write(bytes, () => resolve(socket)));
      socket.once("close", () => resolve(socket));
    });
  const countOpen = () => sockets.filter(({ destroyed }) => !destroyed).length;
  return { ...server, open, countOpen };
}

const POST = `POST ${LOGS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;

type Flood = {
  readonly name: string;
  readonly trustedProxies?: readonly string[];
  /** How many of them the server leaves open. */
  readonly left: number;
  /** The sender's address and the bytes of one of the connections. */
  readonly one: (index: number) => readonly [address: string, bytes: string];
};

const oneAddress = "127.0.0.9";
const manyAddresses = (index: number) => `127.0.${1 + (index % 50)}.1`;

const FLOODS: readonly Flood[] = [
  { name: "idle, of one address", left: LIMITS.ofNetwork, one: () => [oneAddress, ""] },
  { name: "idle, of 50 addresses", left: LIMITS.total, one: (index) => [manyAddresses(index), ""] },
  {
    name: "idle after a response",
    left: LIMITS.total,
    one: (index) => [manyAddresses(index), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"],
  },
  {
    name: "with headers that never end",
    left: LIMITS.total,
    one: (index) => [manyAddresses(index), `${POST}X-More: 1\r\n`],
  },
  {
    name: "with a body that never comes",
    left: LIMITS.total,
    one: (index) => [manyAddresses(index), `${POST}Content-Length: 60000\r\n\r\n{`],
  },
  {
    name: "with a body that never comes, through a proxy",
    left: 4 * LIMITS.ofNetwork,
    trustedProxies: ["127.0.0.1"],
    one: (index) => ["127.0.0.1", `${POST}X-Forwarded-For: 198.51.100.${index % 4}\r\nContent-Length: 60000\r\n\r\n{`],
  },
];

/** Ten enrolled computers send one batch each. Returns the statuses of the responses. */
async function sendFromTen(url: string): Promise<(number | string)[]> {
  const statuses: (number | string)[] = [];
  for (let index = 0; index < 10; index++) {
    const pilot = createFrozenPilot(`pilot ${index}`, NOW);
    const body = pilot.bodyOf([pilot.stateEvent(1)], 1);
    const headers = { ...pilot.headersOf(url, LOGS_PATH, body), "X-Forwarded-For": "192.0.2.1" };
    const answer = await pilot.post(url, LOGS_PATH, body, headers).catch(() => "refused");
    statuses.push(typeof answer === "string" ? answer : answer.status);
  }
  return statuses;
}

describe(`${SOCKETS} connections (${FLOODS.length} kinds)`, () => {
  it.each(FLOODS)("$name, shut no enrolled computer out", async ({ one, left, trustedProxies }) => {
    const server = await start(trustedProxies ? { trustedProxies } : {});
    for (let index = 0; index < SOCKETS; index++) await server.open(...one(index));
    expect(await sendFromTen(server.url)).toEqual(Array.from({ length: 10 }, () => 200));
    await expect.poll(server.countOpen, { timeout: 5_000 }).toBeLessThanOrEqual(left);
  });

  it("that do not read their responses shut no enrolled computer out either", async () => {
    const large = Buffer.alloc(16 * 1_024 * 1_024);
    let responses = 0;
    const server = await start({
      connections: { total: 10, ofNetwork: 10 },
      alsoServe: [async (app) => void app.get("/large", async () => (responses++, large))],
    });
    for (let index = 0; index < 10; index++) {
      const socket = await server.open(manyAddresses(index), "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
      socket.pause();
    }
    await expect.poll(() => responses).toBe(10);
    expect(await sendFromTen(server.url)).toEqual(Array.from({ length: 10 }, () => 200));
  });

  it("at the default limits too", { timeout: 60_000 }, async () => {
    const server = await start({ connections: { total: 2_000, ofNetwork: 200 } });
    for (let opened = 0; opened < 2_100; opened += 100)
      await Promise.all(Array.from({ length: 100 }, (_, index) => server.open(manyAddresses(opened + index), "")));
    expect(await sendFromTen(server.url)).toEqual(Array.from({ length: 10 }, () => 200));
  });

  it("of many addresses leave the connection of another one open", async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ports = new Set<number | undefined>();
    const ask = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const asking = request(`${server.url}/healthz`, { agent, localAddress: "127.0.0.8" }, (answer) => {
          ports.add(asking.socket?.localPort);
          answer.resume().once("end", () => resolve(answer.statusCode));
        });
        asking.once("error", reject).end();
      });
    expect(await ask()).toBe(200);
    for (let index = 0; index < SOCKETS; index++) await server.open(manyAddresses(index), "");
    expect(await ask()).toBe(200);
    expect(ports.size).toBe(1);
  });
});
