import { err, ok, type Result } from "../../src-shared/result.ts";
import {
  type SendResult,
  decideNext,
  encodeLogs,
  encodeMetrics,
  ENROL_HEADER,
  ERASE_PATH,
  LOGS_PATH,
  METRICS_PATH,
  type RetryDecision,
  type Sender,
  type SentAt,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  STATEMENT_TOLERANCE_MS,
} from "../../src-shared/telemetry/index.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { Milliseconds, UnixMs } from "../../src-shared/units.ts";
import type { PostResponse, PostPort, SignPort } from "./ports.ts";
import type { QueuedBatch } from "./queue.ts";

/**
 * The destination of telemetry. `isOurs`: our own ingest, which gets the enrolment and a signature; a foreign collector
 * gets neither.
 */
export type Destination = { readonly url: string; readonly isOurs: boolean };

export type TransportPorts = {
  readonly destination: Destination;
  readonly post: PostPort;
  readonly sign: SignPort;
  readonly now: () => UnixMs;
  /** From 0 up to 1. */
  readonly random: () => number;
};

/** The sender of this batch; `enrolment` is the token. */
export type SendContext = { readonly sender: Sender; readonly sent: SentAt; readonly enrolment: string | undefined };

/** Sends one batch once, and returns what to do next. */
export type Transport = {
  readonly send: (
    batch: QueuedBatch,
    from: SendContext,
    failures: number,
    signal: AbortSignal,
  ) => Promise<RetryDecision>;
  /** Asks the server to erase the data of a pseudonym. */
  readonly erase: (
    pid: string,
    enrolment: string | undefined,
    failures: number,
    signal: AbortSignal,
  ) => Promise<RetryDecision>;
};

export function createTransport({ destination, post, sign, now, random }: TransportPorts): Transport {
  // How much the server's clock is ahead of this one, as far as it has told.
  let aheadMs: Milliseconds = 0;

  async function request(
    path: string,
    body: Uint8Array<ArrayBuffer>,
    enrolment: string | undefined,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const isSigned = destination.isOurs && enrolment !== undefined;
    const answer = await requestOnce(path, body, isSigned ? enrolment : undefined, signal);
    const ahead = isSigned && answer?.status === 401 ? Date.parse(answer.date ?? "") - now() : Number.NaN;
    // A computer's clock may be wrong by years: a second try is signed with the server's time.
    const isOtherTime = Math.abs(ahead - aheadMs) > STATEMENT_TOLERANCE_MS / 2;
    if (isOtherTime) aheadMs = ahead;
    const last = isOtherTime ? await requestOnce(path, body, enrolment, signal) : answer;
    return last ? answered(last, now()) : { kind: "none" };
  }

  async function requestOnce(
    path: string,
    body: Uint8Array<ArrayBuffer>,
    enrolment: string | undefined,
    signal: AbortSignal,
  ): Promise<PostResponse | undefined> {
    const headers = enrolment === undefined ? {} : await signed(path, body, enrolment);
    // An enrolled computer that cannot sign now waits: the gates ignore unsigned data.
    if (!headers || signal.aborted) return undefined;
    const url = destination.url + path;
    return post({ url, body, headers: { ...headers, "Content-Type": "application/json" }, signal });
  }

  async function signed(path: string, body: Uint8Array, enrolment: string) {
    const at = Math.max(0, Math.round(now() + aheadMs));
    const signature = await sign({ ingest: destination.url, at, path }, body);
    if (signature === undefined) return undefined;
    return { [ENROL_HEADER]: enrolment, [SIGNED_AT_HEADER]: String(at), [SIGNATURE_HEADER]: signature };
  }

  return {
    async send({ events }, { sender, sent, enrolment }, failures, signal) {
      const logs = await request(LOGS_PATH, encodeLogs(sender, sent, events), enrolment, signal);
      const next = decideNext(logs, events.length, failures, random());
      const metrics = next.kind === "delivered" ? encodeMetrics(sender, sent, events) : undefined;
      // Cumulative: the next sample replaces one that does not arrive, so a second try is not worth it.
      if (metrics) await request(METRICS_PATH, metrics, enrolment, signal);
      return next;
    },
    async erase(pid, enrolment, failures, signal) {
      const body = utf8(JSON.stringify({ v: 1, pid, at: now() }));
      return decideNext(await request(ERASE_PATH, body, enrolment, signal), 1, failures, random());
    },
  };
}

function answered({ status, retryAfter, body }: PostResponse, now: UnixMs): SendResult {
  return { kind: "answered", status, retryAfterMs: retryAfterMs(retryAfter, now), body };
}

/** `Retry-After` (RFC 9110 section 10.2.3) as milliseconds from now: seconds or a date, attacker-controlled. */
function retryAfterMs(header: string | null, now: UnixMs): Milliseconds | undefined {
  if (header === null) return undefined;
  if (/^\d{1,12}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : date - now;
}

/**
 * Parses the address of a server: https, or http on 127.0.0.1 in a development build. `UNSAFE_URL`: anything else,
 * including addresses with credentials or a query.
 */
export function checkedUrl(text: string, release: boolean): Result<string, "UNSAFE_URL"> {
  const url = URL.parse(text);
  if (!url || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return err("UNSAFE_URL");
  }
  const isSafe = url.protocol === "https:" || (!release && url.protocol === "http:" && url.hostname === "127.0.0.1");
  return isSafe ? ok(url.href.replace(/\/+$/, "")) : err("UNSAFE_URL");
}
