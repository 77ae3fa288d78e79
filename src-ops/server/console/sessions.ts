import { createHash, randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { HOUR, type Seconds, type UnixMs } from "../../../src-shared/units.ts";
import type { AccountRecord, SessionRepository } from "../store/index.ts";

const MAX_AGE: Seconds = 12 * HOUR;

/** The login sessions. They are in the database, so that several servers share them. */
export type Sessions = {
  readonly open: (reply: FastifyReply, account: AccountRecord, now: UnixMs) => Promise<void>;
  readonly accountOf: (request: FastifyRequest, now: UnixMs) => Promise<AccountRecord | undefined>;
  /** Removes the cookie and its session, so that a stolen copy of the cookie becomes useless. */
  readonly close: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
};

/**
 * @param isSecure whether people reach the console by https. Then the cookie has the `__Host-` prefix, so that no other
 *   host of the same domain can set it (RFC 6265bis, section 4.1.3.2). Browsers accept it only by https and for path `/`.
 */
export function createSessions(sessions: SessionRepository, isSecure: boolean): Sessions {
  const cookie = isSecure ? "__Host-uvv-ring" : "uvv-ring";
  const options = { path: isSecure ? "/" : "/console", secure: isSecure, httpOnly: true, sameSite: "strict" } as const;
  return {
    async open(reply, account, now) {
      const token = toBase64url(randomBytes(32));
      await sessions.open(hashOf(token), account, now + MAX_AGE * 1_000, now);
      reply.setCookie(cookie, token, { ...options, maxAge: MAX_AGE });
    },
    async accountOf({ cookies }, now) {
      const token = cookies[cookie];
      return token === undefined ? undefined : sessions.accountOf(hashOf(token), now);
    },
    async close({ cookies }, reply) {
      const token = cookies[cookie];
      if (token !== undefined) await sessions.close(hashOf(token));
      reply.clearCookie(cookie, options);
    },
  };
}

// The database contains only hashes, so nobody who reads it can use a token.
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
