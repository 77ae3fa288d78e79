import * as v from "valibot";
import { parseStrictJson } from "../encoding/strict-json.ts";
import { looksLikeWebPage } from "../network.ts";
import { HOUR, type Milliseconds } from "../units.ts";

/** The result of sending one batch. The body is attacker-controlled and cut off at 64 KiB. */
export type SendResult =
  | { readonly kind: "none" }
  | {
      readonly kind: "answered";
      readonly status: number;
      /** From `Retry-After`, as milliseconds from now. */
      readonly retryAfterMs: Milliseconds | undefined;
      readonly body: Uint8Array;
    };

export type RetryDecision =
  /** The server has the batch, except `refused` records that it does not accept. Either way it is not sent again. */
  | { readonly kind: "delivered"; readonly refused: number }
  /** The server does not want this batch, now or ever. */
  | { readonly kind: "refused" }
  /** The same once more, after a while. */
  | { readonly kind: "again"; readonly afterMs: Milliseconds }
  /** Nothing that sending again would cure: the queue rests. */
  | { readonly kind: "rest"; readonly forMs: Milliseconds };

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 600_000;
const MAX_RETRY_AFTER_MS = 6 * HOUR * 1_000;
export const REST_MS = HOUR * 1_000;

// 511: the network wants a sign-in (RFC 6585).
const AGAIN = new Set([429, 502, 503, 504, 511]);
const UNWANTED = new Set([400, 413, 415, 422]);

/**
 * Decides what follows from a response (OTLP specification, "Failures"): only failures that may be temporary are
 * retried.
 * @param records how many there are in the batch
 * @param failures how many earlier attempts failed
 * @param jitter from 0 up to 1: spreads the retries of computers that lost the same server
 */
export function decideNext(result: SendResult, records: number, failures: number, jitter: number): RetryDecision {
  if (result.kind === "none") return { kind: "again", afterMs: backOff(failures, jitter) };
  const { status, retryAfterMs, body } = result;
  if (status >= 200 && status < 300) {
    // The network wants a sign-in, or an inspecting proxy a confirmation: the server has got nothing.
    if (looksLikeWebPage(body)) return { kind: "again", afterMs: backOff(failures, jitter) };
    return { kind: "delivered", refused: Math.min(refusedIn(body), records) };
  }
  if (AGAIN.has(status)) return { kind: "again", afterMs: waitFor(retryAfterMs, failures, jitter) };
  return UNWANTED.has(status) ? { kind: "refused" } : { kind: "rest", forMs: REST_MS };
}

// Never earlier than the server asked for, and never so late that a hostile server silences the sender.
function waitFor(retryAfterMs: Milliseconds | undefined, failures: number, jitter: number): Milliseconds {
  const own = backOff(failures, jitter);
  if (retryAfterMs === undefined || !(retryAfterMs > 0)) return own;
  return Math.min(MAX_RETRY_AFTER_MS, retryAfterMs) + jitter * FIRST_WAIT_MS;
}

function backOff(failures: number, jitter: number): Milliseconds {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 20));
  return (wait * (1 + jitter)) / 2;
}

const PartialSuccess = v.object({
  partialSuccess: v.object({
    rejectedLogRecords: v.optional(v.union([v.string(), v.number()])),
  }),
});

// A 2xx is a success whatever else its body contains: a body that cannot be read refuses nothing.
function refusedIn(body: Uint8Array): number {
  const json = parseStrictJson(body);
  const result = v.safeParse(PartialSuccess, json.ok ? json.value : undefined);
  if (!result.success) return 0;
  const { rejectedLogRecords = 0 } = result.output.partialSuccess;
  const refused = Number(rejectedLogRecords);
  return Number.isSafeInteger(refused) && refused > 0 ? refused : 0;
}
