import { createHash, randomBytes } from "node:crypto";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";
import type { SessionRepository } from "../store/index.ts";

const COOKIE = "uvv-ring";
const LIFE_MS = 12 * HOUR * 1_000;

/** Who is logged in, kept in the database, so that any of several servers knows them. */
export type Sessions = {
  /** The cookie to set. */
  readonly open: (name: string, now: UnixMs) => Promise<string>;
  readonly nameOf: (cookies: string | undefined, now: UnixMs) => Promise<string | undefined>;
  /** The cookie that forgets; a stolen copy is worth nothing from now on. */
  readonly close: (cookies: string | undefined) => Promise<string>;
};

/** @param isSecure whether people reach the console by https: then the cookie is never sent without */
export function createSessions(shelf: SessionRepository, isSecure: boolean): Sessions {
  const cookie = (value: string, seconds: number) =>
    `${COOKIE}=${value}; Path=/console; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure ? "; Secure" : ""}`;
  return {
    async open(name, now) {
      const token = toBase64url(randomBytes(32));
      await shelf.open(hashOf(token), name, now + LIFE_MS, now);
      return cookie(token, LIFE_MS / 1_000);
    },
    async nameOf(cookies, now) {
      const token = tokenIn(cookies);
      return token === undefined ? undefined : shelf.nameOf(hashOf(token), now);
    },
    async close(cookies) {
      const token = tokenIn(cookies);
      if (token !== undefined) await shelf.close(hashOf(token));
      return cookie("", 0);
    },
  };
}

// Who reads the database finds no token that a browser could send.
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function tokenIn(cookies: string | undefined): string | undefined {
  const pairs = (cookies ?? "").split("; ").map((pair) => pair.split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
