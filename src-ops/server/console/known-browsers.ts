import type { FastifyReply, FastifyRequest } from "fastify";
import { DAY, type Seconds, type UnixMs } from "../../../src-shared/units.ts";
import type { BrowserRepository } from "../store/index.ts";
import { consoleCookie, hashOf, newToken } from "./cookies.ts";

const MAX_AGE: Seconds = 180 * DAY;

/**
 * The browsers with which somebody has logged in to an account before (device cookies, as OWASP describes them). Such a
 * browser gives no access; its password attempts are counted apart from those of strangers.
 */
export function createKnownBrowsers(browsers: BrowserRepository, isSecure: boolean) {
  const { name: cookie, options } = consoleCookie("uvv-ring-browser", isSecure);
  return {
    /** The hash of the browser's token, if it is known for the account with this name. */
    async find({ cookies }: FastifyRequest, name: string, now: UnixMs): Promise<string | undefined> {
      const token = cookies[cookie];
      if (token === undefined) return undefined;
      return (await browsers.isKnown(hashOf(token), name, now)) ? hashOf(token) : undefined;
    },
    async add(reply: FastifyReply, name: string, now: UnixMs): Promise<void> {
      const token = newToken();
      await browsers.add(hashOf(token), name, now + MAX_AGE * 1_000, now);
      reply.setCookie(cookie, token, { ...options, maxAge: MAX_AGE });
    },
  };
}
