import type { FastifyReply, FastifyRequest } from "fastify";
import { HOUR, type Seconds, type UnixMs } from "../../../src-shared/units.ts";
import type { AccountRecord, SessionRepository } from "../store/index.ts";
import { consoleCookie, hashOf, newToken } from "./cookies.ts";

const MAX_AGE: Seconds = 12 * HOUR;

/** The login sessions. They are in the database, so that several servers share them. */
export type Sessions = {
  readonly open: (reply: FastifyReply, account: AccountRecord, now: UnixMs) => Promise<void>;
  readonly accountOf: (request: FastifyRequest, now: UnixMs) => Promise<AccountRecord | undefined>;
  /** Removes the cookie and its session, so that a stolen copy of the cookie becomes useless. */
  readonly close: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
};

export function createSessions(sessions: SessionRepository, isSecure: boolean): Sessions {
  const { name, options } = consoleCookie("uvv-ring", isSecure);
  return {
    async open(reply, account, now) {
      const token = newToken();
      await sessions.open(hashOf(token), account, now + MAX_AGE * 1_000, now);
      reply.setCookie(name, token, { ...options, maxAge: MAX_AGE });
    },
    async accountOf({ cookies }, now) {
      const token = cookies[name];
      return token === undefined ? undefined : sessions.accountOf(hashOf(token), now);
    },
    async close({ cookies }, reply) {
      const token = cookies[name];
      if (token !== undefined) await sessions.close(hashOf(token));
      reply.clearCookie(name, options);
    },
  };
}
