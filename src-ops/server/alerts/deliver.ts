import { setTimeout } from "node:timers/promises";
import type { Milliseconds } from "../../../src-shared/units.ts";
import { type Alert, ALERT_LEVELS, OF_THE_SERVER } from "./alert.ts";
import { type AlertingConfig, configDigest } from "./alerting-config.ts";
import { type Channel, CHANNEL_KINDS, type SendFailure } from "./channels/index.ts";
import { messageOf } from "./messages.ts";

const RETRY_AFTER_MS: readonly Milliseconds[] = [1_000, 5_000];

/** The result of sending an alert to one recipient. */
export type Delivery = {
  readonly channel: string;
  readonly delivered: boolean;
  readonly tries: number;
  readonly problem?: string;
};

/** The result of sending an alert to one recipient: `failure` is absent if the recipient's server took it. */
export type Sending = { readonly tries: number; readonly failure?: SendFailure };

type Wait = (ms: Milliseconds) => Promise<unknown>;

/** The incident about a recipient, or about a whole way, that cannot be reached: its id ends with the key or the way. */
export const FAILED_CHANNEL = "channel_failed-";

/** Everybody who gets an alert. What concerns the server itself is told through all channels, whatever its level. */
export function channelsFor(alert: Alert, config: AlertingConfig): readonly Channel[] {
  const isOfServer = OF_THE_SERVER.includes(alert.kind);
  const levels = new Set([config.levelOf(alert.kind), ...(isOfServer ? (["critical"] as const) : [])]);
  const failed = alert.kind === "channel_failed" ? alert.incident.slice(FAILED_CHANNEL.length) : undefined;
  const channels = [...levels].flatMap((level) =>
    CHANNEL_KINDS.flatMap((kind) => kind(config, level, alert.escalated)),
  );
  const others = channels.filter(({ key, way }) => failed === undefined || (key !== failed && way !== failed));
  return [...new Map(others.map((channel) => [channel.key, channel])).values()];
}

/** Every recipient that the configuration names, for any alert. */
export function allChannels(configured: AlertingConfig): readonly Channel[] {
  const { mail } = configured;
  const people = Object.values(mail.onCall?.people ?? {}).flat();
  const config = { ...configured, mail: { ...mail, escalation: [...mail.escalation, ...people] } };
  return ALERT_LEVELS.flatMap((level) => CHANNEL_KINDS.flatMap((kind) => kind(config, level, true)));
}

/** Sends an alert to one recipient, with up to three tries, as long as another try may help at once. */
export async function sendTo(
  { send }: Channel,
  alert: Alert,
  config: AlertingConfig,
  signal: AbortSignal,
  wait: Wait = (ms) => setTimeout(ms, undefined, { signal }),
): Promise<Sending> {
  const message = messageOf(alert, config.levelOf(alert.kind), config.language, config.runbooks);
  for (let tries = 1; ; tries++) {
    const sent = await send(message, signal);
    if (sent.ok) return { tries };
    const pause = pauseAfter(sent.error, tries);
    if (pause === undefined || signal.aborted) return { tries, failure: sent.error };
    await wait(pause);
  }
}

function pauseAfter({ again, retryAfterS }: SendFailure, tries: number): Milliseconds | undefined {
  const pause = RETRY_AFTER_MS[tries - 1];
  if (again === "never" || pause === undefined) return undefined;
  // A server that wants to be left alone for a moment, such as Slack for a second, is not worth a later evaluation.
  if (retryAfterS !== undefined) return retryAfterS * 1_000 <= RETRY_AFTER_MS[1]! ? retryAfterS * 1_000 : undefined;
  return again === "soon" ? pause : undefined;
}

/** Sends an alert once to everybody who gets it. */
export async function deliver(
  alert: Alert,
  config: AlertingConfig,
  signal: AbortSignal,
  wait?: Wait,
): Promise<readonly Delivery[]> {
  return Promise.all(
    channelsFor(alert, config).map(async (channel) => {
      const { tries, failure } = await sendTo(channel, alert, config, signal, wait);
      const result = { channel: channel.name, delivered: failure === undefined, tries };
      return failure === undefined ? result : { ...result, problem: failure.problem };
    }),
  );
}

/** Identifies a configuration: the same digest means the same recipients on the same ways. */
export function digestOf(config: AlertingConfig): string {
  return configDigest(
    config,
    allChannels(config).map(({ key }) => key),
  );
}
