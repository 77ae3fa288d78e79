import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";

/** Whether a request shows the token. Without a configured token every request is refused. */
export function hasBearerToken({ headers }: Pick<FastifyRequest, "headers">, token: string | undefined): boolean {
  return token !== undefined && isSame(headers.authorization ?? "", `Bearer ${token}`);
}

// Compares hashes: they have one length, so the time that the comparison takes reveals nothing about the token.
function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}
