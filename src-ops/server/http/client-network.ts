import { isIP } from "node:net";
import { normalizeIP } from "@fastify/rate-limit";
import type { FastifyRequest } from "fastify";

/**
 * The network that a request came from, as the rate limits count it: an IPv4 address, or the /64 of an IPv6 address,
 * because one sender can choose any address within a /64. `request.ip` is the last entry of X-Forwarded-For that is not a
 * trusted proxy; without a trusted proxy it is the address of the connection.
 */
export function clientNetwork({ ip, socket }: Pick<FastifyRequest, "ip" | "socket">): string {
  const address = withoutPort(ip);
  // If a proxy forwards something other than an address, all its senders are counted as one.
  return normalizeIP(isIP(address) === 0 ? (socket.remoteAddress ?? "") : address);
}

/** Some proxies write the port too, which changes with each connection: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  const { v6, v4 } = /^(?:\[(?<v6>[^\]]+)\](?::\d+)?|(?<v4>[\d.]+):\d+)$/.exec(text)?.groups ?? {};
  return v6 ?? v4 ?? text;
}
