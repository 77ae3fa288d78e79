import type { FastifyReply } from "fastify";

/** Why a request was refused. The sender decides by the status alone (docs/formats/telemetry.md, Answers). */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds?: number;
  /** For the person who sets up a sender: what the server takes instead. */
  readonly message?: string;
};

/** How long a sender waits before it resends data that the database could not store. */
export const STORAGE_RETRY_SECONDS = 30;

/** The rest of the body is not read. */
export const TOO_LARGE: Refusal = { status: 413, code: "TOO_LARGE" };

export function refuse(reply: FastifyReply, { status, code, retryAfterSeconds, message }: Refusal): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header("Retry-After", String(retryAfterSeconds));
  if (status === TOO_LARGE.status) reply.header("Connection", "close");
  return reply.code(status).send(message === undefined ? { code } : { code, message });
}
