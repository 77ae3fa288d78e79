import type { FastifyReply } from "fastify";

/** Why a request was refused. The sender decides by the status alone (docs/formats/telemetry.md, Answers). */
export type Refusal = { readonly status: number; readonly code: string; readonly retryAfterSeconds?: number };

/** How long a sender waits before it resends data that the database could not store. */
export const STORAGE_RETRY_SECONDS = 30;

export function refuse(reply: FastifyReply, { status, code, retryAfterSeconds }: Refusal): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header("Retry-After", String(retryAfterSeconds));
  return reply.code(status).send({ code });
}
