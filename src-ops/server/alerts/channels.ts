import { createTransport } from "nodemailer";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { Milliseconds } from "../../../src-shared/units.ts";
import { isLoopback, type Smtp } from "./alerting-config.ts";
import type { Message } from "./messages.ts";

const TIMEOUT_MS: Milliseconds = 10_000;

/** Delivers one message. The error is for people: never an address with its secret, never a password. */
export type Send = (message: Message, signal: AbortSignal) => Promise<Result<undefined, string>>;

/** A Slack incoming webhook. Its address decides the channel; the name is only shown. */
export function slackTo(url: string): Send {
  return ({ subject, body }, signal) => post(url, { text: `*${plain(subject)}*\n${plain(body)}` }, signal);
}

/** A webhook that sends an SMS: it gets `{"text"}` of at most 160 characters. */
export function smsTo(url: string): Send {
  return ({ short }, signal) => post(url, { text: short }, signal);
}

/** Mail by SMTP. Beyond this computer a password is given only under TLS. */
export function mailTo(smtp: Smtp, from: string, to: readonly string[]): Send {
  const { host, port, user, pass } = smtp;
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: port !== 465 && !isLoopback(host),
    ...(user !== undefined && pass !== undefined ? { auth: { user, pass } } : {}),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return async ({ subject, body }) => {
    try {
      const { rejected } = await transport.sendMail({ from, to: [...to], subject, text: `${body}\n` });
      return rejected.length === 0 ? ok(undefined) : err(`${rejected.length} of ${to.length} recipients were refused`);
    } catch (error) {
      return err(codeOf(error));
    } finally {
      transport.close();
    }
  };
}

async function post(url: string, body: object, signal: AbortSignal): Promise<Result<undefined, string>> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    return answer.ok ? ok(undefined) : err(`HTTP ${answer.status}`);
  } catch (error) {
    return err(codeOf(error));
  }
}

/** Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text). */
function plain(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

// fetch and nodemailer reject with errors whose words hold addresses; their codes do not.
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { cause } = error;
  const inner = cause instanceof Error ? cause : error;
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.name;
}
