import { onTestFinished } from "vitest";
import { ALERT_KINDS, type AlertingConfig } from "../../../src-ops/server/index.ts";
import {
  type Mail,
  type MailSink,
  type MailSinkOptions,
  openMailSink,
  openWebhookSink,
  type WebhookAnswer,
  type WebhookSink,
} from "../../fakes/alert-sinks.ts";

/** A webhook that is closed when the test ends. */
export async function webhookSink(...answers: readonly WebhookAnswer[]): Promise<WebhookSink> {
  const sink = await openWebhookSink(...answers);
  onTestFinished(sink.close);
  return sink;
}

/** A mail server that is closed when the test ends. */
export async function mailSink(options?: MailSinkOptions): Promise<MailSink> {
  const sink = await openMailSink(options);
  onTestFinished(sink.close);
  return sink;
}

/** A configuration with one webhook as the only channel. */
export function alertingTo(url: string): AlertingConfig {
  return {
    language: "en",
    slack: { critical: { name: "#deployment-critical", url }, warning: undefined, info: undefined },
    sms: undefined,
    mail: {
      from: { name: "", address: "a@example.org" },
      smtp: { host: "", port: 587, user: undefined, pass: undefined },
      critical: [],
      escalation: [],
    },
    levelOf: (kind) => ALERT_KINDS[kind],
  };
}

/** Subject and body of a mail whose text is quoted-printable (RFC 2045 section 6.7) or plain. */
export function textsOf({ source }: Mail): { subject: string; body: string } {
  const [head = "", ...rest] = source.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n").replaceAll("=\r\n", "");
  const subject = /^Subject: ((?:.|\r\n[ \t])*)$/m.exec(head)?.[1] ?? "";
  return { subject: decodeWords(subject.replaceAll(/\r\n[ \t]/g, " ")), body: fromQuotedPrintable(body) };
}

// RFC 2047: `=?UTF-8?Q?...?=`, whose parts are joined without the space between them.
function decodeWords(subject: string): string {
  return subject
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_whole, words: string) => fromQuotedPrintable(words.replaceAll("_", " ")));
}

function fromQuotedPrintable(words: string): string {
  const bytes = words.replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
