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
  network: string;
  readonly isProxy: boolean;
  /** Whether a complete request has arrived and its response is not ready. */
  isWorking: boolean;
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
  // In the order in which they were opened.
  const open = new Map<Socket, Connection>();

  function closeOldest(network: string, except?: Socket): boolean {
    for (const [socket, connection] of open) {
      if (connection.network !== network || connection.isWorking || socket === except) continue;
      close(socket);
      return true;
    }
    return false;
  }

  function close(socket: Socket): void {
    open.delete(socket);
    socket.destroy();
  }

  app.server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const isProxy = isTrusted(address);
    const connection = { network: isProxy ? PROXY : normalizeIP(address), isProxy, isWorking: false };
    open.set(socket, connection);
    socket.once("close", () => open.delete(socket));
    const isOver = !connection.isProxy && countOf(open, connection.network) > limits.ofNetwork;
    if (isOver && !closeOldest(connection.network, socket)) close(socket);
    if (open.size <= limits.total) return;
    const network = largestOf(open);
    if (network === undefined || !closeOldest(network)) close(socket);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const connection = open.get(request.raw.socket);
    if (!connection?.isProxy) return done();
    connection.network = clientNetwork(request);
    const isOver = countOf(open, connection.network) > limits.ofNetwork;
    if (!isOver || closeOldest(connection.network, request.raw.socket)) return done();
    refuse(reply, { status: 429, code: "TOO_MANY_CONNECTIONS", retryAfterSeconds: 10 });
  });
  app.addHook("preHandler", (request, _reply, done) => {
    const connection = open.get(request.raw.socket);
    if (connection) connection.isWorking = true;
    done();
  });
  // Not when the response has been read: a sender that does not read it must not hold its connection.
  app.addHook("onSend", ({ raw: { socket } }, _reply, payload, done) => {
    const connection = open.get(socket);
    if (connection) connection.isWorking = false;
    if (connection?.isProxy) connection.network = PROXY;
    done(null, payload);
  });
}

type Open = ReadonlyMap<Socket, Connection>;

function countOf(open: Open, network: string): number {
  let count = 0;
  for (const connection of open.values()) count += Number(connection.network === network);
  return count;
}

/** The network with most waiting connections, if any connection waits. */
function largestOf(open: Open): string | undefined {
  const waiting = new Map<string, number>();
  for (const { network, isWorking } of open.values()) {
    if (!isWorking) waiting.set(network, (waiting.get(network) ?? 0) + 1);
  }
  // A proxy may send its next request at any moment: its connections are closed last.
  if (waiting.size > 1) waiting.delete(PROXY);
  let largest: string | undefined;
  for (const [network, count] of waiting) if (count > (waiting.get(largest ?? "") ?? 0)) largest = network;
  return largest;
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
