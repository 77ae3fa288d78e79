import type { ChannelKind } from "./channel.ts";
import { postJson } from "./webhook.ts";

/** A webhook that sends an SMS, for critical alerts: it gets `{"text"}` of at most 160 characters. */
export const sms: ChannelKind = ({ sms: url }, level) => {
  if (url === undefined || level !== "critical") return undefined;
  return { name: "sms", send: ({ short }, signal) => postJson(url, { text: short }, signal) };
};
