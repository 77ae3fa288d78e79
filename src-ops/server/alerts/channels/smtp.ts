import { createTransport } from "nodemailer";
import { err, ok } from "../../../../src-shared/result.ts";
import { isLoopback, type Smtp } from "../alerting-config.ts";
import { type Channel, type ChannelKind, codeOf, keyOf, type SendFailure, TIMEOUT_MS } from "./channel.ts";
import { wordsOf } from "./words.ts";

/**
 * Sends critical alerts by mail, and escalated ones also to the escalation list. Each address gets a mail of its own, so
 * that no address delays the others. SMTP to other hosts requires TLS.
 */
export const smtp: ChannelKind = ({ mail }, level, escalated) => {
  if (level !== "critical") return [];
  const lists = [...mail.critical, ...(escalated ? mail.escalation : [])];
  const addresses = new Map(lists.map((one) => [one.address, one]));
  return [...addresses.values()].map((to): Channel => {
    return {
      name: `mail ${to.address}`,
      key: keyOf("mail", to.address),
      way: "mail",
      async send({ subject, body }) {
        const transport = transportTo(mail.smtp);
        try {
          await transport.sendMail({ from: { ...mail.from }, to: { ...to }, subject, text: `${body}\n` });
          return ok(undefined);
        } catch (error) {
          return err(failureFrom(error, mail.smtp));
        } finally {
          transport.close();
        }
      },
    };
  });
};

function transportTo({ host, port, user, pass, certificates, serverName }: Smtp) {
  const isLocal = isLoopback(host);
  return createTransport({
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    secure: port === 465,
    requireTLS: port !== 465 && !isLocal,
    ...(user !== undefined && pass !== undefined ? { auth: { user, pass } } : {}),
    tls: {
      // Nobody stands between this computer and itself, and its certificate cannot name "localhost".
      rejectUnauthorized: !isLocal,
      ...(certificates === undefined ? {} : { ca: certificates, allowPartialTrustChain: true }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
}

/** What SMTP replies mean: 4yz may work later, 5yz never (RFC 5321 section 4.2.1). */
function failureFrom(error: unknown, { user, pass }: Smtp): SendFailure {
  if (!(error instanceof Error)) throw error;
  const { response, responseCode, command } = error as {
    response?: unknown;
    responseCode?: unknown;
    command?: unknown;
  };
  const secrets = [pass, ...(user === undefined || pass === undefined ? [] : [plainLogin(user, pass)])];
  const affects = command === "RCPT TO" ? "recipient" : "way";
  const code = codeOf(error);
  if (typeof response === "string" && typeof responseCode === "number") {
    // The answer to STARTTLS alone does not tell what was asked.
    const problem = `${code === "ETLS" ? "ETLS: " : ""}${wordsOf(response, secrets)}`;
    return { problem, again: responseCode >= 500 ? "never" : "later", affects };
  }
  const reason = TLS_PROBLEMS.test(error.message) ? `: ${wordsOf(error.message, secrets)}` : "";
  return { problem: `${code}${reason}`, again: "soon", affects };
}

// Only these messages of the TLS library help to repair the configuration; others contain addresses.
const TLS_PROBLEMS = /certificate|altnames|STARTTLS/i;

function plainLogin(user: string, pass: string): string {
  return Buffer.from(`\0${user}\0${pass}`).toString("base64");
}
