import { createTransport } from "nodemailer";
import { err, ok } from "../../../../src-shared/result.ts";
import { isLoopback } from "../alerting-config.ts";
import { type ChannelKind, codeOf, TIMEOUT_MS } from "./channel.ts";

/** Sends critical alerts by mail, and escalated ones also to the escalation list. SMTP to other hosts requires TLS. */
export const smtp: ChannelKind = ({ mail }, level, escalated) => {
  const to = [...mail.critical, ...(escalated ? mail.escalation : [])];
  if (level !== "critical" || to.length === 0) return undefined;
  const { host, port, user, pass } = mail.smtp;
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
  return {
    name: "mail",
    async send({ subject, body }) {
      try {
        const { rejected } = await transport.sendMail({ from: mail.from, to, subject, text: `${body}\n` });
        return rejected.length === 0
          ? ok(undefined)
          : err(`${rejected.length} of ${to.length} recipients were refused`);
      } catch (error) {
        return err(codeOf(error));
      } finally {
        transport.close();
      }
    },
  };
};
