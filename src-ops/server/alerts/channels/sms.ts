import { type ChannelKind, keyOf } from "./channel.ts";
import { postJson } from "./webhook.ts";

/** A webhook that sends critical alerts as SMS. Its body is `{"text"}`, which fits into one part of an SMS. */
export const sms: ChannelKind = ({ sms: url }, level) => {
  if (url === undefined || level !== "critical") return [];
  return [
    {
      name: "sms",
      key: keyOf("sms", url),
      way: "sms",
      send: ({ short }, signal) => postJson(url, { text: short }, signal),
    },
  ];
};
