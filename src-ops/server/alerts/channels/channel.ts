import { createHash } from "node:crypto";
import type { Result } from "../../../../src-shared/result.ts";
import type { Milliseconds, Seconds } from "../../../../src-shared/units.ts";
import type { AlertLevel } from "../alert.ts";
import type { AlertingConfig } from "../alerting-config.ts";
import type { Message } from "../messages.ts";

export const TIMEOUT_MS: Milliseconds = 10_000;

/** The ways to reach people. A way can fail for all its recipients at once, such as mail without its server. */
export type Way = "slack" | "mail" | "sms";

export type SendFailure = {
  /** Shown to people, so it never contains a URL with a secret or a password. */
  readonly problem: string;
  /** Whether the same message may arrive if it is sent again: at once, later, or only after somebody repaired something. */
  readonly again: "soon" | "later" | "never";
  /** Whether only this recipient is affected, or everybody whom this way reaches. */
  readonly affects: "recipient" | "way";
  /** How long the other server wants to be left alone. */
  readonly retryAfterS?: Seconds;
};

/** One recipient: a webhook, or one mail address. Each is sent to, tried again and given up by itself. */
export type Channel = {
  readonly name: string;
  /** Identifies the recipient in the database and in incidents, without revealing an address or a secret. */
  readonly key: string;
  readonly way: Way;
  readonly send: (message: Message, signal: AbortSignal) => Promise<Result<undefined, SendFailure>>;
};

/** The recipients of an alert of this level; none if this way is not configured, or not used for the level. */
export type ChannelKind = (config: AlertingConfig, level: AlertLevel, escalated: boolean) => readonly Channel[];

const KEY_LETTERS = 16;

export function keyOf(way: Way, address: string): string {
  return createHash("sha256").update(`${way} ${address}`).digest("hex").slice(0, KEY_LETTERS);
}
