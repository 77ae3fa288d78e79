import type { IncomingMessage, ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import type { PublishedState } from "./update-publisher.ts";

/** What the server serves from now on: a published state, an older one, and a fault. */
export type Serving = { readonly state: PublishedState; readonly older: PublishedState; readonly fault: Fault };

/** Each fault with its numbers in the list of attacks (test/main/updates/attacks.test.ts). */
export const FAULTS = {
  none: [],
  "status 500": [45],
  "status 404": [45],
  disconnect: [45],
  cut: [45, 25],
  "one bit": [1],
  "no signatures": [2],
  "forged signatures": [3, 13],
  "an older file": [8],
  endless: [25],
  drip: [26],
  "redirect loop": [27],
  "redirect elsewhere": [28],
  "another package": [24, 37],
} as const satisfies Readonly<Record<string, readonly number[]>>;
export type Fault = keyof typeof FAULTS;

type Random = (below: number) => number;

/**
 * Answers as a hostile server would: correctly two times out of three, so that a check gets far. Calls
 * `onTimestampServed` with the state that the served timestamp belongs to.
 */
export function answerWith(serving: () => Serving, onTimestampServed: (state: PublishedState) => void, random: Random) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = (request.url ?? "/").slice(1);
    const { state, older, fault } = serving();
    if (path === "metadata/timestamp.json") onTimestampServed(fault === "an older file" ? older : state);
    const content = state.files.get(path);
    if (!content) return reply(response, 404, Buffer.alloc(0));
    const isFaulty = random(3) === 0;
    if (!isFaulty && fault !== "another package" && fault !== "an older file") return reply(response, 200, content);
    return answerWithFault(fault, { path, content, older: older.files.get(path), response, random });
  };
}

type FaultContext = {
  readonly path: string;
  readonly content: Buffer;
  readonly older: Buffer | undefined;
  readonly response: ServerResponse;
  readonly random: Random;
};

function answerWithFault(fault: Fault, { path, content, older, response, random }: FaultContext): boolean {
  switch (fault) {
    case "none":
      return reply(response, 200, content);
    case "status 500":
      return reply(response, 500, Buffer.from("no"));
    case "status 404":
      return reply(response, 404, Buffer.alloc(0));
    case "disconnect":
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, content.length / 2), () => response.destroy());
      return true;
    case "cut":
      return reply(response, 200, content.subarray(0, random(content.length)));
    case "one bit":
      return reply(response, 200, flipped(content, random));
    case "no signatures":
      return reply(
        response,
        200,
        resigned(content, () => []),
      );
    case "forged signatures":
      return reply(
        response,
        200,
        resigned(content, (one) => ({ ...one, sig: "00".repeat(64) })),
      );
    case "an older file":
      return reply(response, 200, older ?? content);
    case "endless":
      return replyEndlessly(response, Buffer.alloc(1 << 16), 1);
    case "drip":
      return replyEndlessly(response, Buffer.from("x"), 20);
    case "redirect loop":
      response.writeHead(302, { location: `/${path}` }).end();
      return true;
    case "redirect elsewhere":
      response.writeHead(302, { location: "https://elsewhere.example/" }).end();
      return true;
    case "another package":
      return reply(response, 200, path.endsWith(".deb") ? Buffer.from(`thief's ${sha256(content)}`) : content);
  }
}

function reply(response: ServerResponse, status: number, content: Buffer): boolean {
  response.writeHead(status, { "content-length": content.length }).end(content);
  return true;
}

function replyEndlessly(response: ServerResponse, drop: Buffer, everyMs: number): boolean {
  const timer = setInterval(() => response.write(drop), everyMs);
  response.once("close", () => clearInterval(timer));
  return true;
}

function flipped(content: Buffer, random: Random): Buffer {
  const changed = Buffer.from(content);
  const at = random(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
  return changed;
}

type Signature = { readonly keyid: string; readonly sig: string };

function resigned(content: Buffer, change: (one: Signature) => Signature | never[]): Buffer {
  const text = content.toString("utf8");
  if (!text.startsWith('{"signatures"')) return content;
  const { signatures, signed } = JSON.parse(text) as { signatures: Signature[]; signed: object };
  return Buffer.from(JSON.stringify({ signatures: signatures.flatMap(change), signed }));
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
