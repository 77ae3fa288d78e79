import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { readAll } from "../../../../src-shared/node/update-feed/feed-source.ts";
import { openWebSource, type TimeLimits } from "../../../../src-shared/node/update-feed/index.ts";
import { type FeedServer, serveFeed } from "../../../fakes/feed-server.ts";

const FILES = new Map([["metadata/a.json", Buffer.from("content")]]);
const LONG_LIMITS: TimeLimits = { graceMs: 10_000, bytesPerSecond: 1 };
const SHORT_LIMITS: TimeLimits = { graceMs: 300, bytesPerSecond: 1000 };

async function readFrom(
  server: FeedServer,
  { path = "metadata/a.json", maxBytes = 100, timeLimits = LONG_LIMITS } = {},
) {
  const source = openWebSource({
    metadataUrl: `${server.origin}/metadata`,
    targetsUrl: `${server.origin}/targets`,
    isLoopbackAllowed: true,
    timeLimits,
  });
  if (!source.ok) throw new Error(source.error);
  const read = await readAll(source.value, new URL(`${server.origin}/${path}`), maxBytes, new AbortController().signal);
  return read.ok ? read.value.toString() : read.error;
}

function redirect(response: ServerResponse, location: string, status = 302): boolean {
  response.writeHead(status, { location }).end();
  return true;
}

describe("a feed on a web server", () => {
  it("is read, and what is not there is said to be absent", async () => {
    const server = await serveFeed(FILES);
    expect(await readFrom(server)).toBe("content");
    expect(await readFrom(server, { path: "metadata/b.json" })).toBe("NOT_FOUND");
  });

  it.each([403, 404, 410])("takes %i for absence", async (status) => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => Boolean(response.writeHead(status).end("no"));
    expect(await readFrom(server)).toBe("NOT_FOUND");
  });

  it.each([201, 204, 206, 400, 401, 429, 500, 503])("takes %i for a failure", async (status) => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => Boolean(response.writeHead(status).end());
    expect(await readFrom(server)).toBe("UNREACHABLE");
  });

  it("is unreachable where nobody listens", async () => {
    const server = await serveFeed(FILES);
    expect(await readFrom({ ...server, origin: "http://127.0.0.1:9" })).toBe("UNREACHABLE");
  });

  it.each([
    "http://example.org",
    "http://localhost:80",
    "http://127.0.0.1.example.org",
    "http://127.0.0.1@example.org",
    "https://somebody@example.org",
    "ftp://example.org",
    "file:///etc",
    "",
  ])("is not %s", (url) => {
    const urls = { metadataUrl: url, targetsUrl: "https://example.org" };
    expect(openWebSource({ ...urls, isLoopbackAllowed: true })).toEqual({ ok: false, error: "INSECURE" });
  });

  it("is on the loopback in development alone", () => {
    const urls = { metadataUrl: "https://example.org", targetsUrl: "http://127.0.0.1:80" };
    expect(openWebSource({ ...urls, isLoopbackAllowed: false })).toEqual({ ok: false, error: "INSECURE" });
    expect(openWebSource({ ...urls, isLoopbackAllowed: true }).ok).toBe(true);
  });
});

describe("a redirect", () => {
  it("is followed on the same server", async () => {
    const server = await serveFeed(FILES);
    server.answer = (request, response) => request.url === "/old" && redirect(response, "/metadata/a.json", 308);
    expect(await readFrom(server, { path: "old" })).toBe("content");
  });

  it("is followed three times and no more", async () => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => redirect(response, "/again");
    expect(await readFrom(server)).toBe("REDIRECTED");
    expect(server.requestedPaths).toHaveLength(4);
  });

  it("to another server is refused before that one is asked", async () => {
    const [server, other] = [await serveFeed(FILES), await serveFeed(FILES)];
    for (const target of [`${other.origin}/metadata/a.json`, `//${new URL(other.origin).host}/metadata/a.json`]) {
      server.answer = (_request, response) => redirect(response, target);
      expect(await readFrom(server)).toBe("REDIRECTED");
    }
    expect(other.requestedPaths).toEqual([]);
  });

  it("from https to http is refused before it is asked", async () => {
    const requestedUrls: string[] = [];
    const fetch = (async (url: string) => {
      requestedUrls.push(url);
      return new Response(null, { status: 302, headers: { location: url.replace("https:", "http:") } });
    }) as typeof globalThis.fetch;
    const urls = { metadataUrl: "https://example.org/metadata", targetsUrl: "https://example.org/targets" };
    const source = openWebSource({ ...urls, isLoopbackAllowed: false, fetch });
    if (!source.ok) throw new Error(source.error);
    const url = new URL("https://example.org/metadata/a.json");
    const read = await readAll(source.value, url, 100, new AbortController().signal);
    expect(read).toEqual({ ok: false, error: "REDIRECTED" });
    expect(requestedUrls).toEqual([url.href]);
  });

  it.each(["", "http://[", "mailto:somebody@example.org"])("to nowhere (%s) is refused", async (location) => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => redirect(response, location);
    expect(await readFrom(server)).toBe("REDIRECTED");
  });
});

describe("a hostile server", () => {
  it("gives no byte more than was asked for, whatever length it says", async () => {
    const server = await serveFeed(FILES);
    let isClosed = false;
    server.answer = (_request, response) => {
      response.writeHead(200);
      const stream = setInterval(() => response.write(Buffer.alloc(64 * 1024)), 1);
      response.once("close", () => {
        clearInterval(stream);
        isClosed = true;
      });
      return true;
    };
    expect(await readFrom(server, { maxBytes: 1_000_000 })).toBe("TOO_LARGE");
    await expect.poll(() => isClosed).toBe(true);
  });

  it("cannot hold the reader up by silence before the answer, in it, or by a drip", async () => {
    const server = await serveFeed(FILES);
    server.answer = () => true;
    expect(await readFrom(server, { timeLimits: SHORT_LIMITS })).toBe("TOO_SLOW");
    server.answer = (_request, response) => response.writeHead(200).write("con");
    expect(await readFrom(server, { timeLimits: SHORT_LIMITS })).toBe("TOO_SLOW");
    server.answer = (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 5);
      response.once("close", () => clearInterval(drip));
      return true;
    };
    const started = performance.now();
    expect(await readFrom(server, { maxBytes: 1_000_000, timeLimits: SHORT_LIMITS })).toBe("TOO_SLOW");
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it("is left when the reader gives up", async () => {
    const server = await serveFeed(FILES);
    server.answer = () => true;
    const source = openWebSource({ metadataUrl: server.origin, targetsUrl: server.origin, isLoopbackAllowed: true });
    if (!source.ok) throw new Error(source.error);
    const stop = new AbortController();
    const reading = readAll(source.value, new URL(`${server.origin}/x`), 10, stop.signal);
    await expect.poll(() => server.requestedPaths.length).toBe(1);
    stop.abort();
    expect(await reading).toEqual({ ok: false, error: "CANCELLED" });
  });
});
