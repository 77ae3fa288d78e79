import { safeLine, truncateLine } from "../src-shared/encoding/line.ts";

const MAX_WORDS = 160;
const MARKUP = /<[^>]*>/g;
// What is shorter could be an ordinary word of the answer.
const SHORTEST_SECRET = 6;

/**
 * What another server said about a failure, fit to be shown to people: one line, bounded, and without the secrets that were
 * sent to the server. Its words are attacker-controlled.
 */
export function wordsOf(text: string, secrets: readonly (string | undefined)[]): string {
  const hidden = secrets
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, "…"), text);
  const line = safeLine(hidden.replaceAll(MARKUP, " ").replaceAll(/\s+/g, " ").trim());
  return line.length <= MAX_WORDS ? line : `${truncateLine(line, MAX_WORDS - 1)}…`;
}

/** What of a webhook's address gives access to it: the path and everything after it. */
export function secretsOf(url: string): readonly string[] {
  const { href, pathname, search, username, password } = new URL(url);
  const parts = [...pathname.split("/"), ...search.slice(1).split(/[&=]/), username, password];
  return [href, `${pathname}${search}`, pathname, ...parts, ...parts.map(decoded)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** The code of an error from fetch or nodemailer. Their messages contain addresses, their codes do not. */
export function networkCodeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { cause } = error;
  const inner = cause instanceof Error ? cause : error;
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.name;
}
