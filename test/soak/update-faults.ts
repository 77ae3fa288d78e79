import type { IncomingMessage, ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import type { Truth } from "./update-publisher.ts";

/** What the server gives for the next looks: a published state, an older one, and a fault on the way. */
export type Serving = { readonly truth: Truth; readonly older: Truth; readonly fault: Fault };

/** Each with the numbers that it has in the list of attacks (test/main/updates/attacks.test.ts). */
export const FAULTS = {
  none: [],
  "status 500": [45],
  "not there": [45],
  disconnect: [45],
  cut: [45, 25],
  "one bit": [1],
  "no signatures": [2],
  "forged signatures": [3, 13],
  "an older file": [8],
  "no end": [25],
  drip: [26],
  "round and round": [27],
  elsewhere: [28],
  "another package": [24, 37],
} as const satisfies Readonly<Record<string, readonly number[]>>;
export type Fault = keyof typeof FAULTS;

type Random = (below: number) => number;

/**
 * Answers as a hostile server would: honestly two times out of three, so that a look comes far.
 * `vouchedFor` is told which state the timestamp that goes out belongs to.
 */
export function answerWith(serving: () => Serving, vouchedFor: (truth: Truth) => void, random: Random) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = (request.url ?? "/").slice(1);
    const { truth, older, fault } = serving();
    if (path === "metadata/timestamp.json") vouchedFor(fault === "an older file" ? older : truth);
    const content = truth.files.get(path);
    if (!content) return give(response, 404, Buffer.alloc(0));
    const isStruck = random(3) === 0;
    if (!isStruck && fault !== "another package" && fault !== "an older file") return give(response, 200, content);
    return strike(fault, { path, content, older: older.files.get(path), response, random });
  };
}

type Struck = {
  readonly path: string;
  readonly content: Buffer;
  readonly older: Buffer | undefined;
  readonly response: ServerResponse;
  readonly random: Random;
};

function strike(fault: Fault, { path, content, older, response, random }: Struck): boolean {
  switch (fault) {
    case "none":
      return give(response, 200, content);
    case "status 500":
      return give(response, 500, Buffer.from("no"));
    case "not there":
      return give(response, 404, Buffer.alloc(0));
    case "disconnect":
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, content.length / 2), () => response.destroy());
      return true;
    case "cut":
      return give(response, 200, content.subarray(0, random(content.length)));
    case "one bit":
      return give(response, 200, flipped(content, random));
    case "no signatures":
      return give(
        response,
        200,
        resigned(content, () => []),
      );
    case "forged signatures":
      return give(
        response,
        200,
        resigned(content, (one) => ({ ...one, sig: "00".repeat(64) })),
      );
    case "an older file":
      return give(response, 200, older ?? content);
    case "no end":
      return pour(response, Buffer.alloc(1 << 16), 1);
    case "drip":
      return pour(response, Buffer.from("x"), 20);
    case "round and round":
      response.writeHead(302, { location: `/${path}` }).end();
      return true;
    case "elsewhere":
      response.writeHead(302, { location: "https://elsewhere.example/" }).end();
      return true;
    case "another package":
      return give(response, 200, path.endsWith(".deb") ? Buffer.from(`thief's ${sha256(content)}`) : content);
  }
}

function give(response: ServerResponse, status: number, content: Buffer): boolean {
  response.writeHead(status, { "content-length": content.length }).end(content);
  return true;
}

function pour(response: ServerResponse, drop: Buffer, everyMs: number): boolean {
  const pouring = setInterval(() => response.write(drop), everyMs);
  response.once("close", () => clearInterval(pouring));
  return true;
}

function flipped(content: Buffer, random: Random): Buffer {
  const bent = Buffer.from(content);
  const at = random(bent.length);
  bent[at] = (bent[at] ?? 0) ^ (1 << random(8));
  return bent;
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
