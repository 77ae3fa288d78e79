import type { Result } from "../../../../src-shared/result.ts";
import type { Milliseconds } from "../../../../src-shared/units.ts";
import type { AlertLevel } from "../alert.ts";
import type { AlertingConfig } from "../alerting-config.ts";
import type { Message } from "../messages.ts";

export const TIMEOUT_MS: Milliseconds = 10_000;

/** One way to people. The error is shown to people: never a URL with its secret, never a password. */
export type Channel = {
  readonly name: string;
  readonly send: (message: Message, signal: AbortSignal) => Promise<Result<undefined, string>>;
};

/** One kind of channel: where it sends alerts of a level; `undefined` where it does not, or is not configured. */
export type ChannelKind = (config: AlertingConfig, level: AlertLevel, escalated: boolean) => Channel | undefined;

/** fetch and nodemailer reject with errors whose messages hold addresses; their codes do not. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { cause } = error;
  const inner = cause instanceof Error ? cause : error;
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.name;
}
