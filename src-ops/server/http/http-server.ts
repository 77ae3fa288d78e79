import rateLimit from "@fastify/rate-limit";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type Bytes, KIB, type Milliseconds } from "../../../src-shared/units.ts";
import { storageProblemOf } from "../store/index.ts";
import type { ReportError } from "../unexpected-errors.ts";
import { encodingOf } from "./content-encoding.ts";
import { clientNetwork } from "./client-network.ts";
import { type ConnectionLimits, limitConnections } from "./connections.ts";
import { type Refusal, refuse, STORAGE_RETRY_SECONDS, TOO_LARGE } from "./reply.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the route unpacks bodies that are encoded as gzip. */
    readonly takesGzip?: true;
  }
}

/** How many requests a sender may make in a time window. */
export type RateLimit = { readonly max: number; readonly timeWindow: Milliseconds };

/** A request whose body is the exact bytes that were sent: devices sign those. Everything in it is attacker-controlled. */
export type RawRequest = FastifyRequest<{ Body: Uint8Array }>;

export type HttpServerPorts = {
  /** Addresses and networks of proxies whose X-Forwarded-For is trusted. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionLimits;
  readonly note: (event: string, fields: Readonly<Record<string, string>>) => void;
  readonly report: ReportError;
  /** Called for each response whose body is a JSON object. */
  readonly onJsonResponse: (path: string, status: number, body: object) => void;
};

/** Enough for every form; routes for larger bodies set their own limit. */
const BODY_LIMIT: Bytes = 16 * KIB;

/** Creates a server that limits each request in size and time, and reads the complete body before it calls the handler. */
export async function createHttpServer(ports: HttpServerPorts): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    // Never `true`: the server would then believe the header of any sender.
    trustProxy: [...ports.trustedProxies],
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000 },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply) => void refuse(withHeaders(reply), NOT_FOUND),
  });
  // Node refuses requests with more headers. It must not drop any, because the last may be a proxy's X-Forwarded-For.
  app.server.maxHeadersCount = 50;
  limitConnections(app, ports.trustedProxies, ports.connections);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", (request, reply, done) => {
    withHeaders(reply);
    const refusal = refusalOfType(request);
    if (!refusal) return done();
    refuse(refusal.code === UNKNOWN_ENCODING ? reply.header("Accept-Encoding", "gzip, identity") : reply, refusal);
  });
  app.addHook("preSerialization", (request, reply, payload, done) => {
    if (typeof payload === "object" && payload !== null)
      ports.onJsonResponse(pathOf(request), reply.statusCode, payload);
    done(null, payload);
  });
  app.setNotFoundHandler((request, reply) => notFound(app, request, reply));
  app.setErrorHandler((error, request, reply) => replyToError(ports, error, request, reply));
  // Only decorates the server; each route sets its own limits.
  await app.register(rateLimit, { global: false, keyGenerator: clientNetwork });
  return app;
}

function withHeaders(reply: FastifyReply): FastifyReply {
  return reply.headers({ "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store" });
}

// Other sites can send forms of any other type without a CORS preflight.
function refusalOfType(request: FastifyRequest): Refusal | undefined {
  const { method, is404, mediaType, routeOptions } = request;
  if (is404 || method !== "POST") return undefined;
  if (mediaType !== "application/json") return mediaType?.endsWith("protobuf") ? NO_PROTOBUF : JSON_EXPECTED;
  const encoding = encodingOf(request);
  if (encoding === "identity" || (encoding === "gzip" && routeOptions.config.takesGzip)) return undefined;
  const takes = routeOptions.config.takesGzip
    ? "gzip, or send the body as it is"
    : "no encoding, send the body as it is";
  const message = `The Content-Encoding of this request is not taken: use ${takes}.`;
  return { status: 415, code: UNKNOWN_ENCODING, message };
}

const UNKNOWN_ENCODING = "ENCODING_UNKNOWN";
const NOT_FOUND = { status: 404, code: "NOT_FOUND" };
const JSON_EXPECTED: Refusal = {
  status: 415,
  code: "JSON_EXPECTED",
  message: "Only JSON is taken: send it with Content-Type: application/json.",
};
const NO_PROTOBUF: Refusal = {
  status: 415,
  code: "PROTOBUF_NOT_TAKEN",
  message: "Protobuf is not taken: send the same records as OTLP JSON, with Content-Type: application/json.",
};

function notFound(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = pathOf(request);
  const allowed = (["GET", "HEAD", "POST"] as const).filter((method) => app.hasRoute({ method, url }));
  if (allowed.length === 0) return refuse(reply, NOT_FOUND);
  return refuse(reply.header("Allow", allowed.join(", ")), { status: 405, code: "METHOD_NOT_ALLOWED" });
}

function pathOf({ url, routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? url.split("?", 1).join("");
}

function replyToError({ note, report }: HttpServerPorts, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // The sender closed the connection before its body was complete, so no response is possible.
  if (code === "ECONNRESET" && !request.raw.complete) return void reply.hijack();
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return void refuse(reply, TOO_LARGE);
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return void refuse(reply, JSON_EXPECTED);
  if (String(code).startsWith("FST_ERR_CTP_")) return void refuse(reply, { status: 400, code: "MALFORMED" });
  const problem = storageProblemOf(error);
  if (problem) {
    note("request.failed", { code: problem });
    return void refuse(reply, { status: 503, code: problem, retryAfterSeconds: STORAGE_RETRY_SECONDS });
  }
  // A bug must neither stop the server nor reveal internals to the sender.
  report("http", error);
  refuse(reply, { status: 500, code: "INTERNAL" });
}
