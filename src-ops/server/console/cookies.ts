import { createHash, randomBytes } from "node:crypto";
import type { CookieSerializeOptions } from "@fastify/cookie";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";

/** A cookie of the console with a random token. */
export type ConsoleCookie = { readonly name: string; readonly options: CookieSerializeOptions };

/**
 * @param isSecure whether people reach the console by https. Then the cookie has the `__Host-` prefix, so that no other
 *   host of the same domain can set it (RFC 6265bis, section 4.1.3.2). Browsers accept it only by https and for path `/`.
 */
export function consoleCookie(name: string, isSecure: boolean): ConsoleCookie {
  return {
    name: isSecure ? `__Host-${name}` : name,
    options: { path: isSecure ? "/" : "/console", secure: isSecure, httpOnly: true, sameSite: "strict" },
  };
}

export function newToken(): string {
  return toBase64url(randomBytes(32));
}

// The database contains only hashes, so nobody who reads it can use a token.
export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
