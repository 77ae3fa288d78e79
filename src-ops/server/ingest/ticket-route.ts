import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";
import { RINGS } from "../../../src-shared/license/index.ts";
import type { RingStore } from "../store/index.ts";
import type { FastifyPluginAsync } from "fastify";
import { hasBearerToken, type RawRequest, refuse } from "../http/index.ts";

const Time = NonNegativeInteger;

/** What a ticket system reports about one ticket: when it was opened, and when it was closed, if it was. */
const Ticket = v.strictObject({
  v: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  ring: v.picklist(RINGS),
  /** Milliseconds since 1970. */
  openedAt: Time,
  closedAt: v.nullable(Time),
});

/** `POST /tickets` with `Authorization: Bearer <token>`. */
export function ticketRoute(store: Pick<RingStore, "setTicket">, token: () => string | undefined): FastifyPluginAsync {
  return async (app) => {
    app.post("/tickets", async (request: RawRequest, reply) => {
      if (!hasBearerToken(request, token())) return refuse(reply, { status: 401, code: "NOT_ALLOWED" });
      const json = parseStrictJson(request.body);
      const ticket = v.safeParse(Ticket, json.ok ? json.value : undefined);
      if (!ticket.success) return refuse(reply, { status: 400, code: "MALFORMED" });
      const { id, ring, openedAt, closedAt } = ticket.output;
      await store.setTicket(id, ring, openedAt, closedAt ?? undefined);
      return {};
    });
  };
}
