import type { FastifyPluginAsync } from "fastify";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import { type ConnectionLimits, createHttpServer } from "./http/index.ts";
import { createDevices, createWriteBatcher, type IngestLimits, ingestRoutes, ticketRoute } from "./ingest/index.ts";
import { createServerHealth, type ServerHealth } from "./metrics/index.ts";
import type { RingStore } from "./store/index.ts";
import { createErrorReporter, type ReportError } from "./unexpected-errors.ts";

export type RingServerPorts = {
  /** Closed when the server stops. */
  readonly store: RingStore;
  readonly roots: TrustRoots;
  readonly host: string;
  readonly port: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is trusted. */
  readonly trustedProxies?: readonly string[];
  readonly now: () => UnixMs;
  readonly note: (event: string, fields?: Readonly<Record<string, string | number>>) => void;
  /** The token of a ticket system at this moment; without it every ticket is refused. */
  readonly ticketToken: () => string | undefined;
  /** The address of the ingest as clients are configured, for which they sign; by default where the server listens. */
  readonly ingestUrl?: string | undefined;
  /** Other routes that are served beside the ingest. */
  readonly alsoServe?: readonly FastifyPluginAsync[];
  /** Called after events were stored. */
  readonly onEvents?: () => void;
  readonly health?: Pick<ServerHealth, "onJsonResponse" | "countRecords" | "unexpected">;
  readonly report?: ReportError;
  readonly limits?: IngestLimits;
  readonly connections?: ConnectionLimits;
};

export type RingServer = { readonly url: string; readonly stop: () => Promise<void> };

// An app sends every five minutes; after weeks offline it sends its queue, at most about 140 batches, as fast as the server
// responds. A whole office may share one address.
const LIMITS: IngestLimits = {
  device: { max: 200, timeWindow: 60_000 },
  stranger: { max: 1_000, timeWindow: 20_000 },
  unenrolled: { max: 100, timeWindow: 20_000 },
};

const CONNECTIONS: ConnectionLimits = { total: 2_000, ofNetwork: 200 };

// Connections that the system accepts before the program does. With the default of 511, a burst of connections makes those of
// others wait for seconds.
const BACKLOG = 4_096;

/** Starts the server that receives the rings' telemetry. Throws if it cannot listen. */
export async function startRingServer(ports: RingServerPorts): Promise<RingServer> {
  const {
    store,
    roots,
    host,
    port,
    trustedProxies = [],
    now,
    note,
    ticketToken,
    ingestUrl,
    alsoServe = [],
    onEvents = () => {},
    health = createServerHealth(now(), { isWatching: false }),
    report = createErrorReporter(note, health.unexpected),
    limits = LIMITS,
    connections = CONNECTIONS,
  } = ports;
  const ingest = ingestRoutes({
    store,
    batcher: createWriteBatcher(store, now),
    devices: createDevices(roots),
    limits,
    now,
    address: () => ingestUrl?.replace(/\/+$/, "") ?? app.listeningOrigin,
    note,
    report,
    onEvents,
    countRecords: health.countRecords,
  });
  const app = await createHttpServer({
    trustedProxies,
    connections,
    note,
    report,
    onJsonResponse: health.onJsonResponse,
  });
  for (const routes of [ingest, ticketRoute(store, ticketToken), ...alsoServe]) app.register(routes);
  app.route({ method: ["GET", "HEAD"], url: "/healthz", handler: async () => ({}) });
  await app.listen({ host, port, backlog: BACKLOG });
  return {
    url: app.listeningOrigin,
    async stop() {
      await app.close();
      await store.close();
    },
  };
}
