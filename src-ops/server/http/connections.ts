import { BlockList, isIPv6, type Socket } from "node:net";
import { normalizeIP } from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { clientNetwork } from "./client-network.ts";
import { refuse } from "./reply.ts";

/** How many connections the server holds in total, and from one network. */
export type ConnectionLimits = { readonly total: number; readonly ofNetwork: number };

/** The connection of a trusted proxy on which no request is under way. */
const PROXY = "proxy";

type Connection = {
  /** Who uses it, or `PROXY`. */
  readonly network: string;
  readonly isProxy: boolean;
  /** Whether a complete request has arrived and its response is not ready. */
  readonly isWorking: boolean;
};

/**
 * Keeps connections free for everyone. If there are too many, a connection that waits for its sender is closed: the oldest one
 * of the network that has most of them. So idle connections and slow requests take no place from others, and a sender
 * that is closed while it is idle connects again.
 */
export function limitConnections(
  app: FastifyInstance,
  trustedProxies: readonly string[],
  limits: ConnectionLimits,
): void {
  const isTrusted = proxyMatcher(trustedProxies);
  const connections = createConnections();
  const { open } = connections;

  app.server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const isProxy = isTrusted(address);
    const network = isProxy ? PROXY : normalizeIP(address);
    connections.add(socket, { network, isProxy, isWorking: false });
    socket.once("close", () => connections.remove(socket));
    const isOver = !isProxy && connections.countOf(network) > limits.ofNetwork;
    if (isOver && !connections.closeOldest(network, socket)) connections.close(socket);
    if (open.size <= limits.total) return;
    const largest = connections.largestWaiting();
    if (largest === undefined || !connections.closeOldest(largest)) connections.close(socket);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const { socket } = request.raw;
    if (!open.get(socket)?.isProxy) return done();
    const network = clientNetwork(request);
    connections.change(socket, { network });
    const isOver = connections.countOf(network) > limits.ofNetwork;
    if (!isOver || connections.closeOldest(network, socket)) return done();
    refuse(reply, { status: 429, code: "TOO_MANY_CONNECTIONS", retryAfterSeconds: 10 });
  });
  app.addHook("preHandler", ({ raw: { socket } }, _reply, done) => {
    connections.change(socket, { isWorking: true });
    done();
  });
  // Not when the response has been read: a sender that does not read it must not hold its connection.
  app.addHook("onSend", ({ raw: { socket } }, _reply, payload, done) => {
    connections.change(socket, { isWorking: false, ...(open.get(socket)?.isProxy ? { network: PROXY } : {}) });
    done(null, payload);
  });
}

/** The open connections. A flood opens thousands a second, so nothing here walks over all of them. */
function createConnections() {
  const open = new Map<Socket, Connection>();
  const counts = new Map<string, number>();
  // Those that wait for their sender, the one that waits longest first.
  const waiting = new Map<string, Set<Socket>>();

  function add(socket: Socket, connection: Connection): void {
    const { network, isWorking } = connection;
    open.set(socket, connection);
    counts.set(network, countOf(network) + 1);
    if (!isWorking) waiting.set(network, (waiting.get(network) ?? new Set()).add(socket));
  }

  function remove(socket: Socket): void {
    const connection = open.get(socket);
    if (!connection) return;
    const { network } = connection;
    open.delete(socket);
    if (countOf(network) > 1) counts.set(network, countOf(network) - 1);
    else counts.delete(network);
    const others = waiting.get(network);
    others?.delete(socket);
    if (others?.size === 0) waiting.delete(network);
  }

  function countOf(network: string): number {
    return counts.get(network) ?? 0;
  }

  function close(socket: Socket): void {
    remove(socket);
    socket.destroy();
  }

  return {
    open,
    add,
    remove,
    countOf,
    close,
    change(socket: Socket, changed: Partial<Connection>): void {
      const connection = open.get(socket);
      if (!connection) return;
      remove(socket);
      add(socket, { ...connection, ...changed });
    },
    closeOldest(network: string, except?: Socket): boolean {
      for (const socket of waiting.get(network) ?? []) {
        if (socket === except) continue;
        close(socket);
        return true;
      }
      return false;
    },
    /** The network with most waiting connections, if any connection waits. */
    largestWaiting(): string | undefined {
      let largest: string | undefined;
      let most = 0;
      for (const [network, sockets] of waiting) {
        // A proxy may send its next request at any moment: its connections are closed last.
        const isLast = network === PROXY && waiting.size > 1;
        if (isLast || sockets.size <= most) continue;
        [largest, most] = [network, sockets.size];
      }
      return largest;
    },
  };
}

function proxyMatcher(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", prefix] = proxy.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
