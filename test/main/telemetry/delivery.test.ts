import { nodeHttpClient } from "../../../src-shared/node/node-http-client.ts";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkedUrl, createHttpPost, createTransport } from "../../../src-main/telemetry/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { eventIdOf, REST_MS, type StatementAbout, statementOf } from "../../../src-shared/telemetry/index.ts";
import type { ServerReply } from "../../fakes/telemetry-server.ts";
import { testKey } from "../../fakes/test-keys.ts";
import { AT, securityEvent, SENDER, SENT, sessionEvent } from "../../shared/telemetry/events.ts";
import { deliverTo, openTestQueue, startServer } from "./telemetry-fixture.ts";

const YEAR = 365 * 86_400_000;
const EVENTS = [1, 2, 3].map((seq) => sessionEvent(seq));
const IDS = EVENTS.map(({ id }) => id);

async function queueOf(events = EVENTS) {
  const queue = await openTestQueue(undefined, { segmentEvents: 1 });
  await queue.append(events);
  return queue;
}

/** The ways in which a server can fail. */
async function startHostile(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("delivery", () => {
  it("sends every event once, and empties the queue", async () => {
    const server = await startServer();
    const queue = await queueOf();
    expect(await deliverTo(server.url, queue)).toEqual({ waits: [], restMs: 0 });
    expect([...server.events.values()]).toEqual(EVENTS);
    expect(server.counts).toEqual({ batches: 3, metrics: 3, duplicates: 0 });
    expect(await queue.next()).toBeUndefined();
    expect(server.faults).toEqual([]);
  });

  it.each<[string, ServerReply, number]>([
    ["503 and Retry-After", { kind: "status", status: 503, headers: { "Retry-After": "7" } }, 7_000],
    [
      "429 and a date",
      { kind: "status", status: 429, headers: { "Retry-After": new Date(AT + 60_000).toUTCString() } },
      60_000,
    ],
    [
      "429 and a date long past",
      { kind: "status", status: 429, headers: { "Retry-After": new Date(AT - YEAR).toUTCString() } },
      500,
    ],
    ["429 and nonsense", { kind: "status", status: 429, headers: { "Retry-After": "soon" } }, 500],
    ["a broken connection", { kind: "disconnect" }, 500],
  ])("tries again after %s", async (_name, behaviour, waitMs) => {
    const server = await startServer((request) => (request === 1 ? behaviour : { kind: "take" }));
    expect(await deliverTo(server.url, await queueOf())).toEqual({ waits: [waitMs], restMs: 0 });
    expect([...server.events.keys()]).toEqual(IDS);
  });

  it("sends again what a server accepted before the connection broke; the server recognizes it by its id", async () => {
    const server = await startServer((request) => (request === 1 ? { kind: "lost answer" } : { kind: "take" }));
    expect((await deliverTo(server.url, await queueOf())).waits).toEqual([500]);
    expect([...server.events.keys()]).toEqual(IDS);
    expect(server.counts.duplicates).toBe(1);
    expect(server.faults).toEqual([]);
  });

  it("never sends a partial success again, and counts what was refused", async () => {
    const server = await startServer((request) => (request === 1 ? { kind: "partial", refuse: 1 } : { kind: "take" }));
    const queue = await queueOf();
    expect(await deliverTo(server.url, queue)).toEqual({ waits: [], restMs: 0 });
    expect(server.counts.batches).toBe(3);
    expect([...server.refused]).toEqual(IDS.slice(0, 1));
    expect(queue.lost().refused).toBe(1);
  });

  it.each([500, 401, 404, 302])("pauses after %i, with everything still in the queue", async (status) => {
    const server = await startServer((request) =>
      request === 1 ? { kind: "status", status, headers: { Location: "http://127.0.0.1:1/" } } : { kind: "take" },
    );
    const queue = await queueOf();
    expect(await deliverTo(server.url, queue)).toEqual({ waits: [], restMs: REST_MS });
    expect(server.counts.batches).toBe(1);
    await deliverTo(server.url, queue);
    expect([...server.events.keys()]).toEqual(IDS);
    expect(server.counts.duplicates).toBe(0);
  });

  it("drops a batch that the server does not accept, so that it does not block the others", async () => {
    const server = await startServer((request) => (request === 1 ? { kind: "status", status: 400 } : { kind: "take" }));
    const queue = await queueOf();
    await deliverTo(server.url, queue);
    expect([...server.events.keys()]).toEqual(IDS.slice(1));
    expect(queue.lost()).toEqual({ dropped: 0, corrupted: 0, refused: 1 });
  });

  it.each<[string, number, RequestListener]>([
    ["an endless answer", 0, (_request, response) => endless(response.writeHead(200))],
    ["a body that is not JSON", 0, (_request, response) => void response.end("Thank you")],
    [
      "less than its length header says",
      0,
      (_request, response) => void response.writeHead(200, { "Content-Length": 9 }).write("{}"),
    ],
    ["more refused than sent", 1, (_request, response) => void response.end(partial("9000000000000000"))],
    ["a negative count", 0, (_request, response) => void response.end(partial("-3"))],
  ])("treats a 200 as a success even with %s", async (_name, refused, listener) => {
    const queue = await queueOf(EVENTS.slice(0, 1));
    const url = await startHostile(
      (request, response) => void request.resume().on("end", () => listener(request, response)),
    );
    expect(await deliverTo(url, queue)).toEqual({ waits: [], restMs: 0 });
    expect(await queue.next()).toBeUndefined();
    expect(queue.lost()).toEqual({ dropped: 0, corrupted: 0, refused });
  });

  it.each([200, 202, 511])("sends again what a captive portal answered with its page and %i", async (status) => {
    const body = "\n<!DOCTYPE html><title>Welcome</title>";
    const server = await startServer((request) =>
      request === 1 ? { kind: "status", status, body } : { kind: "take" },
    );
    const queue = await queueOf();
    expect(await deliverTo(server.url, queue)).toEqual({ waits: [500], restMs: 0 });
    expect([...server.events.keys()]).toEqual(IDS);
    expect(queue.lost()).toEqual({ dropped: 0, corrupted: 0, refused: 0 });
  });

  it("pauses if a delivered batch cannot be removed, instead of sending it repeatedly", async () => {
    const server = await startServer();
    const queue = await queueOf();
    const stuck = { ...queue, done: async () => ({ ok: false as const, error: "EPERM" }) };
    expect(await deliverTo(server.url, stuck)).toEqual({ waits: [], restMs: REST_MS });
    expect(server.counts.batches).toBe(1);
  });

  it("gives up on a response that never arrives", async () => {
    const url = await startHostile(() => undefined);
    const post = createHttpPost(nodeHttpClient, 30);
    const request = { url, body: new Uint8Array(1), headers: {}, signal: new AbortController().signal };
    expect(await post(request)).toBeUndefined();
  });

  it("survives a server that is down for 30 days, and then delivers everything", async () => {
    const queue = await openTestQueue();
    const down = await startHostile((request) => void request.socket.destroy());
    const day = (n: number) => [2 * n, 2 * n + 1].map((i) => sessionEvent(i + 1));
    for (let n = 0; n < 30; n++) {
      await queue.append(day(n).map((event) => ({ ...event, at: AT + n * 86_400_000 })));
      expect((await deliverTo(down, queue)).waits).toHaveLength(5);
    }
    const server = await startServer();
    await deliverTo(server.url, queue);
    expect(server.events.size).toBe(60);
    expect(queue.lost().dropped).toBe(0);
    expect(server.faults).toEqual([]);
  });

  it.each([-60 * YEAR, -YEAR, YEAR, 500 * YEAR])(
    "keeps and delivers events if the clock jumps by %i ms",
    async (jump) => {
      const server = await startServer();
      const queue = await openTestQueue();
      const at = Math.max(0, AT + jump);
      const id = eventIdOf(at, new Uint8Array(10).fill(7));
      await queue.append([sessionEvent(1), { ...sessionEvent(2), id, at }, sessionEvent(3)]);
      await deliverTo(server.url, queue, { now: () => at });
      expect(server.events.size).toBe(3);
      expect(queue.lost().dropped).toBe(0);
    },
  );
});

describe("what telemetry sends to a server", () => {
  const key = testKey("device", "device");
  const from = { sender: SENDER, sent: SENT, enrolment: "the-token" };
  const batch = { name: "", events: [securityEvent(1), sessionEvent(2)] };

  async function sendTo(url: string, isOurs: boolean, sign: () => Promise<string | undefined>) {
    const ports = {
      destination: { url, isOurs },
      post: createHttpPost(nodeHttpClient),
      now: () => AT,
      random: () => 0,
    };
    const signed = (about: StatementAbout, body: Uint8Array) =>
      sign().then((real) => real && toBase64url(key.sign(statementOf(about, body))));
    return createTransport({ ...ports, sign: signed }).send(batch, from, 0, new AbortController().signal);
  }

  it("is signed for our own ingest, byte for byte", async () => {
    const server = await startServer();
    server.expectSigned(key.root.publicKey);
    expect(await sendTo(server.url, true, async () => "yes")).toEqual({ kind: "delivered", refused: 0 });
    expect(server.requests.map(({ headers }) => headers["uvv-enrol"])).toEqual(["the-token", "the-token"]);
    expect(server.faults).toEqual([]);
  });

  it("contains neither enrolment nor signature for a foreign collector", async () => {
    const server = await startServer();
    await sendTo(server.url, false, async () => "yes");
    expect(server.requests).toHaveLength(2);
    for (const { headers } of server.requests) {
      expect(Object.keys(headers).filter((name) => name.startsWith("uvv"))).toEqual([]);
      expect(headers["cookie"]).toBeUndefined();
    }
  });

  it("is signed again with the server's time if the own clock is wrong, and then with it", async () => {
    const [ours, theirs] = [AT - YEAR, AT];
    const signedAt: number[] = [];
    const { send } = createTransport({
      destination: { url: "https://rings.example.org", isOurs: true },
      post: async ({ headers }) => {
        const at = Number(headers["UVV-Signed-At"]);
        signedAt.push(at);
        const status = Math.abs(at - theirs) > 900_000 ? 401 : 200;
        return { status, retryAfter: null, date: new Date(theirs).toUTCString(), body: new Uint8Array() };
      },
      sign: async () => "a signature",
      now: () => ours,
      random: () => 0,
    });
    const signal = new AbortController().signal;
    expect(await send({ name: "", events: [securityEvent(1)] }, from, 0, signal)).toMatchObject({ kind: "delivered" });
    expect(await send({ name: "", events: [securityEvent(2)] }, from, 0, signal)).toMatchObject({ kind: "delivered" });
    const second = Math.floor(theirs / 1_000) * 1_000;
    expect(signedAt).toEqual([ours, second, second]);
  });

  it("is not sent again and again if the server refuses its signature for another reason", async () => {
    let requests = 0;
    const { send } = createTransport({
      destination: { url: "https://rings.example.org", isOurs: true },
      post: async () => {
        requests++;
        return { status: 401, retryAfter: null, date: new Date(AT).toUTCString(), body: new Uint8Array() };
      },
      sign: async () => "a signature",
      now: () => AT,
      random: () => 0,
    });
    const batchOf = { name: "", events: [securityEvent(1)] };
    expect(await send(batchOf, from, 0, new AbortController().signal)).toMatchObject({ kind: "rest" });
    expect(requests).toBe(1);
  });

  it("waits if an enrolled computer cannot sign now", async () => {
    const server = await startServer();
    expect(await sendTo(server.url, true, async () => undefined)).toMatchObject({ kind: "again" });
    expect(server.requests).toEqual([]);
  });

  it.each([
    ["https://ingest.example/a/", true, "https://ingest.example/a"],
    ["https://ingest.example", false, "https://ingest.example"],
    ["http://127.0.0.1:4318", false, "http://127.0.0.1:4318"],
  ])("may go to %s", (url, release, value) => {
    expect(checkedUrl(url, release)).toEqual({ ok: true, value });
  });

  it.each([
    ["http://127.0.0.1:4318", true],
    ["http://localhost:4318", false],
    ["http://127.0.0.1.example.org", false],
    ["http://ingest.example", false],
    ["https://user:word@ingest.example", false],
    ["https://ingest.example/?key=1", false],
    ["file:///tmp", false],
    ["", false],
  ])("never goes to %s", (url, release) => {
    expect(checkedUrl(url, release)).toEqual({ ok: false, error: "UNSAFE_URL" });
  });
});

function partial(refused: string): string {
  return JSON.stringify({ partialSuccess: { rejectedLogRecords: refused } });
}

function endless(response: Parameters<RequestListener>[1]): void {
  const more = () => void (response.destroyed || response.write("x".repeat(65_536), more));
  more();
}
