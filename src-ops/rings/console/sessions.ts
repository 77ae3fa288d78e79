import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";

const COOKIE = "uvv-ring";
const LIFE_MS = 12 * HOUR * 1_000;

/** Who is logged in, kept in the database, so that any of several servers knows them. */
export type Sessions = {
  /** The cookie to set. */
  readonly open: (name: string, now: UnixMs) => string;
  readonly nameOf: (cookies: string | undefined, now: UnixMs) => string | undefined;
  /** The cookie that forgets; a stolen copy is worth nothing from now on. */
  readonly close: (cookies: string | undefined) => string;
};

/** @param isSecure whether people reach the console by https: then the cookie is never sent without */
export function createSessions(database: DatabaseSync, isSecure: boolean): Sessions {
  const insert = database.prepare("INSERT INTO console_sessions VALUES (?, ?, ?)");
  const sweep = database.prepare("DELETE FROM console_sessions WHERE expires <= ?");
  const find = database.prepare("SELECT name FROM console_sessions WHERE token = ? AND expires > ?");
  const remove = database.prepare("DELETE FROM console_sessions WHERE token = ?");
  const cookie = (value: string, seconds: number) =>
    `${COOKIE}=${value}; Path=/console; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure ? "; Secure" : ""}`;
  return {
    open(name, now) {
      const token = toBase64url(randomBytes(32));
      sweep.run(now);
      insert.run(hashOf(token), name, now + LIFE_MS);
      return cookie(token, LIFE_MS / 1_000);
    },
    nameOf(cookies, now) {
      const token = tokenIn(cookies);
      return token === undefined ? undefined : (find.get(hashOf(token), now)?.["name"] as string | undefined);
    },
    close(cookies) {
      const token = tokenIn(cookies);
      if (token !== undefined) remove.run(hashOf(token));
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
