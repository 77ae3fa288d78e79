import { sendMail } from "../../../mail/index.ts";
import { type Channel, type ChannelKind, keyOf, TIMEOUT_MS } from "./channel.ts";

/**
 * Sends critical alerts by mail, and escalated ones also to the escalation list. Each address gets a mail of its own, so
 * that no address delays the others.
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
      send: ({ subject, body }) => {
        const content = { from: { ...mail.from }, to: { ...to }, subject, text: `${body}\n` };
        return sendMail(mail.smtp, content, TIMEOUT_MS);
      },
    };
  });
};
