import type { AddressInfo } from "node:net";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import { createServerHealth, type ServerHealth } from "./metrics/index.ts";
import type { RingStore } from "./store/index.ts";
import { OK_RESPONSE, createHttpServer, type Route, createRateLimiter, type Rate } from "./http/index.ts";
import { createWriteBatcher, createDevices, ingest, INGEST_PATHS, ticketRoute } from "./ingest/index.ts";

export type RingServerPorts = {
  /** Closed when the server stops. */
  readonly store: RingStore;
  readonly roots: TrustRoots;
  readonly host: string;
  readonly port: number;
  readonly now: () => UnixMs;
  readonly note: (event: string, fields?: Readonly<Record<string, string | number>>) => void;
  /** What a ticket system shows to be let in; without it nothing is taken from one. */
  readonly ticketToken: string | undefined;
  /** What else is served beside the ingest. */
  readonly alsoServe?: readonly Route[];
  /** After events were kept. */
  readonly onEvents?: () => void;
  readonly health?: Pick<ServerHealth, "answered" | "heard">;
  readonly rates?: { readonly device: Rate; readonly stranger: Rate };
};

export type RingServer = { readonly url: string; readonly stop: () => Promise<void> };

// A stranger's token costs three milliseconds to judge, and a whole office may stand behind one address. An app sends every five minutes; after weeks offline it empties its queue as fast as it is answered.
const RATES = { device: { perSecond: 20, burst: 200 }, stranger: { perSecond: 50, burst: 1_000 } };

/** Starts the server that hears the rings. Throws what stops it from listening. */
export async function startRingServer(ports: RingServerPorts): Promise<RingServer> {
  const {
    store,
    roots,
    host,
    port,
    now,
    note,
    ticketToken,
    alsoServe = [],
    onEvents = () => {},
    health = createServerHealth(now(), { isWatching: false }),
    rates = RATES,
  } = ports;
  const doors = {
    store,
    batcher: createWriteBatcher(store, now),
    devices: createDevices(roots),
    rates: { device: createRateLimiter(rates.device), stranger: createRateLimiter(rates.stranger) },
    now,
    note,
    onEvents,
    countRecords: health.heard,
  };
  const routes: Route[] = [
    ...INGEST_PATHS.map((at): Route => ({ method: "POST", path: at, handle: (received) => ingest(doors, received) })),
    { method: "GET", path: "/healthz", handle: () => OK_RESPONSE },
    ticketRoute(store, ticketToken),
    ...alsoServe,
  ];
  const server = createHttpServer(routes, note, health.answered);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}
