import { type ChannelKind, keyOf } from "./channel.ts";
import { postJson } from "./webhook.ts";

/** A Slack incoming webhook for each level. The URL determines the channel; the name is only for display. */
export const slack: ChannelKind = (config, level) => {
  const { [level]: channel } = config.slack;
  if (!channel) return [];
  return [
    {
      name: `slack ${channel.name}`,
      key: keyOf("slack", channel.url),
      way: "slack",
      send: ({ subject, body }, signal) =>
        postJson(channel.url, { text: `*${escaped(subject)}*\n${escaped(body)}` }, signal),
    },
  ];
};

/** Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text). */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
