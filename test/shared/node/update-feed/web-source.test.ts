import { nodeHttpClient } from "../../../../src-shared/node/node-http-client.ts";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { HttpClient } from "../../../../src-shared/node/http-client.ts";
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
    http: nodeHttpClient,
    timeLimits,
  });
  if (!source.ok) throw new Error(source.error);
  const read = await readAll(source.value, new URL(`${server.origin}/${path}`), maxBytes, new AbortController().signal);
  return read.ok ? read.value.toString() : read.error;
}

async function* noBytes(): AsyncIterable<Uint8Array> {}

function redirect(response: ServerResponse, location: string, status = 302): boolean {
  response.writeHead(status, { location }).end();
  return true;
}

describe("a feed on a web server", () => {
  it("is read, and an absent file is reported as absent", async () => {
    const server = await serveFeed(FILES);
    expect(await readFrom(server)).toBe("content");
    expect(await readFrom(server, { path: "metadata/b.json" })).toBe("NOT_FOUND");
  });

  it.each([403, 404, 410])("treats %i as an absent file", async (status) => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => Boolean(response.writeHead(status).end("no"));
    expect(await readFrom(server)).toBe("NOT_FOUND");
  });

  it.each([201, 204, 206, 400, 401, 429, 500, 503])("treats %i as a failure", async (status) => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => Boolean(response.writeHead(status).end());
    expect(await readFrom(server)).toBe("UNREACHABLE");
  });

  it("is unreachable if no server is listening", async () => {
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
    expect(openWebSource({ ...urls, isLoopbackAllowed: true, http: nodeHttpClient })).toEqual({
      ok: false,
      error: "INSECURE",
    });
  });

  it("is on the loopback only in development", () => {
    const urls = { metadataUrl: "https://example.org", targetsUrl: "http://127.0.0.1:80" };
    expect(openWebSource({ ...urls, isLoopbackAllowed: false, http: nodeHttpClient })).toEqual({
      ok: false,
      error: "INSECURE",
    });
    expect(openWebSource({ ...urls, isLoopbackAllowed: true, http: nodeHttpClient }).ok).toBe(true);
  });
});

describe("a redirect", () => {
  it("is followed on the same server", async () => {
    const server = await serveFeed(FILES);
    server.answer = (request, response) => request.url === "/old" && redirect(response, "/metadata/a.json", 308);
    expect(await readFrom(server, { path: "old" })).toBe("content");
  });

  it("is followed at most three times", async () => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => redirect(response, "/again");
    expect(await readFrom(server)).toBe("REDIRECTED");
    expect(server.requestedPaths).toHaveLength(4);
  });

  it("to another server is refused before a request is sent to it", async () => {
    const [server, other] = [await serveFeed(FILES), await serveFeed(FILES)];
    for (const target of [`${other.origin}/metadata/a.json`, `//${new URL(other.origin).host}/metadata/a.json`]) {
      for (const status of [301, 308]) {
        server.answer = (_request, response) => redirect(response, target, status);
        expect(await readFrom(server)).toBe("REDIRECTED");
      }
    }
    expect(other.requestedPaths).toEqual([]);
  });

  it("from https to http is refused before a request is sent", async () => {
    const requestedUrls: string[] = [];
    const http: HttpClient = async ({ url }) => {
      requestedUrls.push(url);
      const location = url.replace("https:", "http:");
      return { status: 301, header: () => location, body: noBytes(), discard: () => undefined };
    };
    const urls = { metadataUrl: "https://example.org/metadata", targetsUrl: "https://example.org/targets" };
    const source = openWebSource({ ...urls, isLoopbackAllowed: false, http });
    if (!source.ok) throw new Error(source.error);
    const url = new URL("https://example.org/metadata/a.json");
    const read = await readAll(source.value, url, 100, new AbortController().signal);
    expect(read).toEqual({ ok: false, error: "REDIRECTED" });
    expect(requestedUrls).toEqual([url.href]);
  });

  it.each(["", "http://[", "mailto:somebody@example.org"])(
    "to an invalid address (%s) is refused",
    async (location) => {
      const server = await serveFeed(FILES);
      server.answer = (_request, response) => redirect(response, location);
      expect(await readFrom(server)).toBe("REDIRECTED");
    },
  );
});

describe("a network that wants a sign-in", () => {
  const PAGES: readonly (readonly [string, string])[] = [
    ["a page", "<!DOCTYPE html><html>Welcome to the hotel</html>"],
    ["a page after a byte order mark and white space", "\u{feff}\r\n \t<html>"],
    ["a page that leads on", '<meta http-equiv="refresh" content="0;url=http://192.0.2.1/login">'],
    ["a page longer than the file that was expected", `<html>${" ".repeat(5_000)}`],
  ];

  it.each(PAGES)("is recognized by %s, whatever its type", async (_name, page) => {
    const server = await serveFeed(FILES);
    for (const type of ["text/html", "application/json", ""]) {
      server.answer = (_request, response) => Boolean(response.writeHead(200, { "content-type": type }).end(page));
      expect(await readFrom(server)).toBe("SIGN_IN_NEEDED");
    }
  });

  it("is recognized by a page that arrives byte by byte, with nothing passed on but white space", async () => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => {
      const bytes = " \n<html>".split("");
      const next = setInterval(() => response.write(bytes.shift() ?? " "), 5);
      response.once("close", () => clearInterval(next));
      return true;
    };
    expect(await readFrom(server)).toBe("SIGN_IN_NEEDED");
  });

  it.each([302, 303, 307])("is recognized by %i to another server", async (status) => {
    const [server, portal] = [await serveFeed(FILES), await serveFeed(FILES)];
    server.answer = (_request, response) => redirect(response, `${portal.origin}/login`, status);
    expect(await readFrom(server)).toBe("SIGN_IN_NEEDED");
    expect(portal.requestedPaths).toEqual([]);
  });

  it("is recognized by 511", async () => {
    const server = await serveFeed(FILES);
    server.answer = (_request, response) => Boolean(response.writeHead(511).end("<html>"));
    expect(await readFrom(server)).toBe("SIGN_IN_NEEDED");
  });

  it.each(["", "{}", "-----BEGIN", "!<arch>", "PK", "\u0000<"])(
    "is not suspected because of a file that begins with %j",
    async (content) => {
      const server = await serveFeed(new Map([["metadata/a.json", Buffer.from(content)]]));
      expect(await readFrom(server)).toBe(content);
    },
  );
});

describe("a hostile server", () => {
  it("can send no byte more than requested, whatever length it announces", async () => {
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

  it("cannot block the reader by silence before or during the response, or by sending very slowly", async () => {
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

  it("gets its connection closed when the reader gives up", async () => {
    const server = await serveFeed(FILES);
    server.answer = () => true;
    const source = openWebSource({
      metadataUrl: server.origin,
      targetsUrl: server.origin,
      isLoopbackAllowed: true,
      http: nodeHttpClient,
    });
    if (!source.ok) throw new Error(source.error);
    const stop = new AbortController();
    const reading = readAll(source.value, new URL(`${server.origin}/x`), 10, stop.signal);
    await expect.poll(() => server.requestedPaths.length).toBe(1);
    stop.abort();
    expect(await reading).toEqual({ ok: false, error: "CANCELLED" });
  });
});
