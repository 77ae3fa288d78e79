import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { type HttpClient, type HttpRequest, NetworkFailure } from "../../src-shared/node/http-client.ts";
import { MIB } from "../../src-shared/units.ts";

const LARGE = Buffer.alloc(3 * MIB, "content ");
const SECRET = { "uvv-enrol": "token", "accept-encoding": "identity" };

/** What a client does in each case: the same for every implementation. */
export const EXPECTED_OUTCOMES = {
  "a response": [200, "content", "text/plain"],
  "no cookie is kept": undefined,
  "no cache answers": 2,
  "a large body": true,
  "a body that is sent": ["POST", "a body", "6"],
  "the headers that are sent": ["identity", "token"],
  "a redirect is not followed": [302, "http://127.0.0.1:1/elsewhere", 0],
  "a demanded login is a response": 401,
  "no server": "UNREACHABLE",
  "an unknown name": "UNREACHABLE",
  "a connection that breaks": "UNREACHABLE",
  "a body that breaks": [200, "UNREACHABLE"],
  "a body that breaks and that nobody reads": 200,
  "an abort before": "UNREACHABLE",
  "an abort during the wait": ["UNREACHABLE", "closed"],
  "an abort during the body": ["UNREACHABLE", "closed"],
  "a body that is left early": "closed",
  "a body that is discarded": "closed",
  "a reader that takes its time is waited for": true,
};

/** Runs a client against a real server on the loopback. */
export async function runHttpClientCases(http: HttpClient): Promise<Record<string, unknown>> {
  const seen = new Map<string, number>();
  let closed: () => void = () => undefined;
  let isClosed = new Promise<string>(() => undefined);
  let sent = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    seen.set(path, (seen.get(path) ?? 0) + 1);
    response.once("close", () => closed());
    answer(path, request, response);
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    switch (path) {
      case "/cookie":
        response.setHeader("set-cookie", "a=b; Path=/");
        return void response.end(request.headers.cookie ?? "none");
      case "/cached":
        return void response.writeHead(200, { "cache-control": "public, max-age=3600" }).end("content");
      case "/large":
        return void response.end(LARGE);
      case "/echo":
        return void request.on("data", (body: Buffer) => {
          response.end(JSON.stringify([request.method, body.toString(), request.headers["content-length"]]));
        });
      case "/headers":
        return void response.end(JSON.stringify([request.headers["accept-encoding"], request.headers["uvv-enrol"]]));
      case "/redirect":
        return void response.writeHead(302, { location: "http://127.0.0.1:1/elsewhere" }).end("moved");
      case "/login":
        return void response.writeHead(401, { "www-authenticate": 'Basic realm="a"' }).end();
      case "/broken":
        return void request.socket.destroy();
      case "/half":
        response.writeHead(200, { "content-length": 100 }).write("half");
        return void setTimeout(50).then(() => request.socket.destroy());
      case "/silent":
        return;
      case "/endless":
        return flood(response.writeHead(200));
      default:
        response.writeHead(200, { "content-type": "text/plain" }).end("content");
    }
  }

  function flood(response: ServerResponse): void {
    if (response.destroyed) return;
    sent += 65_536;
    response.write(Buffer.alloc(65_536), () => setImmediate(flood, response));
  }

  function send(path: string, more: Partial<HttpRequest> = {}): ReturnType<HttpClient> {
    isClosed = new Promise((resolve) => (closed = () => resolve("closed")));
    const { signal } = new AbortController();
    return http({ method: "GET", url: origin + path, headers: SECRET, signal, ...more });
  }

  const read = async (path: string, more?: Partial<HttpRequest>) => textOf((await send(path, more)).body);
  const json = async (path: string, more?: Partial<HttpRequest>) => JSON.parse(await read(path, more)) as unknown;

  async function aborted(path: string, isBody: boolean): Promise<unknown> {
    const stop = new AbortController();
    const failure = failureOf(async () => {
      const { body } = await send(path, { signal: stop.signal });
      for await (const _ of body) if (isBody) stop.abort();
    });
    if (!isBody) {
      await until(() => seen.has(path));
      stop.abort();
    }
    return [await failure, await isClosed];
  }

  const outcomes: Record<string, unknown> = {};
  const first = await send("/");
  outcomes["a response"] = [first.status, await textOf(first.body), first.header("Content-Type")];
  await read("/cookie");
  outcomes["no cookie is kept"] = (await read("/cookie")) === "none" ? undefined : "kept";
  await read("/cached");
  await read("/cached");
  outcomes["no cache answers"] = seen.get("/cached");
  outcomes["a large body"] = (await read("/large")) === LARGE.toString();
  outcomes["a body that is sent"] = await json("/echo", {
    method: "POST",
    body: new Uint8Array(Buffer.from("a body")),
  });
  outcomes["the headers that are sent"] = await json("/headers");
  const redirect = await send("/redirect");
  redirect.discard();
  outcomes["a redirect is not followed"] = [redirect.status, redirect.header("location"), seen.get("/elsewhere") ?? 0];
  outcomes["a demanded login is a response"] = (await send("/login")).status;
  const { signal } = new AbortController();
  const elsewhere = (url: string) => failureOf(() => http({ method: "GET", url, headers: {}, signal }));
  outcomes["no server"] = await elsewhere("http://127.0.0.1:8/");
  outcomes["an unknown name"] = await elsewhere("http://nowhere.invalid/");
  outcomes["a connection that breaks"] = await failureOf(() => send("/broken"));
  const half = await send("/half");
  outcomes["a body that breaks"] = [half.status, await failureOf(() => textOf(half.body))];
  const unread = await send("/half");
  await isClosed;
  await setTimeout(50);
  outcomes["a body that breaks and that nobody reads"] = unread.status;
  outcomes["an abort before"] = await failureOf(() => send("/", { signal: AbortSignal.abort() }));
  outcomes["an abort during the wait"] = await aborted("/silent", false);
  outcomes["an abort during the body"] = await aborted("/endless", true);
  for await (const _ of (await send("/endless")).body) break;
  outcomes["a body that is left early"] = await isClosed;
  (await send("/endless")).discard();
  outcomes["a body that is discarded"] = await isClosed;
  sent = 0;
  for await (const _ of (await send("/endless")).body) {
    await setTimeout(500);
    break;
  }
  outcomes["a reader that takes its time is waited for"] = sent < 32 * MIB;
  server.closeAllConnections();
  server.close();
  return outcomes;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function failureOf(step: () => Promise<unknown>): Promise<unknown> {
  try {
    return await step();
  } catch (error) {
    return error instanceof NetworkFailure ? error.code : String(error);
  }
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await setTimeout(5);
}
