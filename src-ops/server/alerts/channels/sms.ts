import type { ChannelKind } from "./channel.ts";
import { postJson } from "./webhook.ts";

/** A webhook that sends critical alerts as SMS. Its body is `{"text"}` with at most 160 characters. */
export const sms: ChannelKind = ({ sms: url }, level) => {
  if (url === undefined || level !== "critical") return undefined;
  return { name: "sms", send: ({ short }, signal) => postJson(url, { text: short }, signal) };
};
