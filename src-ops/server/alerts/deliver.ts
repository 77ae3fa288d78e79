import { setTimeout } from "node:timers/promises";
import type { Milliseconds } from "../../../src-shared/units.ts";
import type { Alert } from "./alert.ts";
import type { AlertingConfig } from "./alerting-config.ts";
import { type Channel, CHANNEL_KINDS } from "./channels/index.ts";
import { type Message, messageOf } from "./messages.ts";

const RETRY_AFTER_MS: readonly Milliseconds[] = [1_000, 5_000];

/** The result of sending an alert through one channel. */
export type Delivery = {
  readonly channel: string;
  readonly delivered: boolean;
  readonly tries: number;
  readonly problem?: string;
};

/**
 * Sends an alert through every channel of its level, with up to three tries per channel. A channel that fails is
 * reported through the channels that work.
 */
export async function deliver(
  alert: Alert,
  config: AlertingConfig,
  signal: AbortSignal,
  wait: (ms: Milliseconds) => Promise<unknown> = (ms) => setTimeout(ms, undefined, { signal }),
): Promise<readonly Delivery[]> {
  const level = config.levelOf(alert.kind);
  const channels = CHANNEL_KINDS.flatMap((kind) => kind(config, level, alert.escalated) ?? []);
  const message = messageOf(alert, level, config.language);
  const deliveries = await Promise.all(channels.map((channel) => tryChannel(channel, message, signal, wait)));
  const failed = deliveries.filter(({ delivered }) => !delivered);
  if (failed.length > 0 && alert.kind !== "channel_failed") {
    const working = channels.filter((_channel, index) => deliveries[index]?.delivered);
    const detail = failed.map(({ channel, problem }) => `${channel}: ${problem}`).join("\n");
    const about: Alert = { ...alert, kind: "channel_failed", detail };
    const report = messageOf(about, config.levelOf("channel_failed"), config.language);
    await Promise.all(working.map((channel) => tryChannel(channel, report, signal, wait)));
  }
  return deliveries;
}

async function tryChannel(
  { name, send }: Channel,
  message: Message,
  signal: AbortSignal,
  wait: (ms: Milliseconds) => Promise<unknown>,
): Promise<Delivery> {
  for (let tries = 1; ; tries++) {
    const sent = await send(message, signal);
    if (sent.ok) return { channel: name, delivered: true, tries };
    const pause = RETRY_AFTER_MS[tries - 1];
    if (pause === undefined || signal.aborted) return { channel: name, delivered: false, tries, problem: sent.error };
    await wait(pause);
  }
}
