import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpRequest } from "./request.ts";

/** Whether a request shows the token. Where there is none nobody does: an open door would be worse than a shut one. */
export function hasBearerToken({ header }: Pick<HttpRequest, "header">, token: string | undefined): boolean {
  return token !== undefined && isSame(header("Authorization") ?? "", `Bearer ${token}`);
}

// By their hashes: those have one length, so that the time taken tells nothing of the token.
function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}
