import type { ChannelKind } from "./channel.ts";
import { slack } from "./slack.ts";
import { sms } from "./sms.ts";
import { smtp } from "./smtp.ts";

export type { Channel, SendFailure } from "./channel.ts";

/** Every kind of channel, in the order in which deliveries are reported. A new kind needs a file here and an entry below. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [slack, smtp, sms];
