import type { Result } from "../../../../src-shared/result.ts";
import type { Milliseconds } from "../../../../src-shared/units.ts";
import type { AlertLevel } from "../alert.ts";
import type { AlertingConfig } from "../alerting-config.ts";
import type { Message } from "../messages.ts";

export const TIMEOUT_MS: Milliseconds = 10_000;

/** A channel that reaches people. Its error is shown to people, so it never contains a URL with a secret or a password. */
export type Channel = {
  readonly name: string;
  readonly send: (message: Message, signal: AbortSignal) => Promise<Result<undefined, string>>;
};

/** Creates the channel for a level; `undefined` if this kind has no channel for the level, or is not configured. */
export type ChannelKind = (config: AlertingConfig, level: AlertLevel, escalated: boolean) => Channel | undefined;

/** The code of an error from fetch or nodemailer. Their messages contain addresses, their codes do not. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { cause } = error;
  const inner = cause instanceof Error ? cause : error;
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.name;
}
