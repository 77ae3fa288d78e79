import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { METRICS_PATH, LOGS_PATH, MAX_BATCH_BYTES } from "../../../src-shared/telemetry/index.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { storageProblemOf } from "../store/index.ts";
import { type HttpResponse, errorResponse, RETRY_SECONDS, retryLater } from "./response.ts";
import type { HttpRequest } from "./request.ts";

export type Route = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;
};

type Note = (event: string, fields?: Readonly<Record<string, string>>) => void;

/** Serves routes. Bodies are bounded in size and time, and read before anything is decided. */
export function createHttpServer(
  routes: readonly Route[],
  note: Note,
  answered: (path: string, answer: HttpResponse) => void,
): Server {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 });
  server.maxConnections = 2_000;
  server.maxHeadersCount = 50;
  server.on("request", (request, response) => void serve(routes, request, response, note, answered));
  return server;
}

async function serve(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  note: Note,
  answered: (path: string, answer: HttpResponse) => void,
): Promise<void> {
  const path = pathOf(request);
  try {
    const answer = await answerTo(routes, request, path);
    if (!answer) return;
    answered(path, answer);
    send(response, answer);
  } catch (error) {
    const problem = storageProblemOf(error);
    // A bug must not take the server down, nor tell a stranger how it is made.
    note("request.failed", problem ? { code: problem } : {});
    const answer = problem ? retryLater(503, problem, RETRY_SECONDS) : errorResponse(500, "INTERNAL");
    answered(path, answer);
    send(response, answer);
  }
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? "").split("?", 1).join("");
}

/** `undefined`: the sender has gone. */
async function answerTo(
  routes: readonly Route[],
  request: IncomingMessage,
  path: string,
): Promise<HttpResponse | undefined> {
  const known = routes.filter((route) => route.path === path);
  if (known.length === 0) return errorResponse(404, "NOT_FOUND");
  const route = known.find(({ method }) => method === request.method);
  if (!route) return errorResponse(405, "METHOD_NOT_ALLOWED", { Allow: known.map(({ method }) => method).join(", ") });
  const header = (name: string) => {
    const value = request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value[0] : value;
  };
  const received = { path, header, address: request.socket.remoteAddress ?? "" };
  if (route.method === "GET") return route.handle({ ...received, body: new Uint8Array() });
  if (!isJson(request)) return errorResponse(415, "JSON_EXPECTED");
  const body = await bodyOf(request, path === LOGS_PATH || path === METRICS_PATH ? MAX_BATCH_BYTES : SMALL);
  if (body === "gone") return undefined;
  if (body === "too large") return errorResponse(413, "TOO_LARGE", { Connection: "close" });
  return route.handle({ ...received, body });
}

const SMALL: Bytes = 16 * 1024;

function isJson({ headers }: IncomingMessage): boolean {
  const type = (headers["content-type"] ?? "").split(";", 1).join("").trim().toLowerCase();
  return type === "application/json" && headers["content-encoding"] === undefined;
}

async function bodyOf(request: IncomingMessage, most: Bytes): Promise<Buffer | "too large" | "gone"> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (Number(request.headers["content-length"] ?? 0) > most) return "too large";
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > most) return "too large";
      chunks.push(chunk as Buffer);
    }
  } catch {
    return "gone";
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, body = {}, text, headers = {} }: HttpResponse): void {
  if (response.headersSent || response.destroyed) return;
  const { type, content } = text ?? { type: "application/json", content: JSON.stringify(body) };
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(content),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(content);
}
