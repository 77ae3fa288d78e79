import {
  type Alert,
  type AlertingConfig,
  type Channel,
  channelsFor,
  type SendFailure,
  sendTo,
} from "../alerts/index.ts";
import type { DeliveryRecord, DeliveryRepository } from "../store/index.ts";
import type { Due } from "./incident-log.ts";
import { MINUTE, type UnixMs } from "../../../src-shared/units.ts";

/** A recipient is tried again after 1, 2, 4, 8, and then every 15 minutes. */
const LONGEST_PAUSE_MINUTES = 15;
/** As long as others have got the alert: after about two hours it is of no use any more. */
const MOST_TRIES = 12;

/** A recipient to whom something could not be sent. */
export type FailedSending = {
  readonly alert: Alert;
  readonly channel: Channel;
  readonly failure: SendFailure;
  /** In how many evaluations it has failed. */
  readonly tries: number;
};

export type SendResult = {
  /** The alerts that at least one recipient has, or that have no recipient. */
  readonly reached: readonly Due[];
  readonly unreached: readonly Due[];
  readonly sentTo: readonly Channel[];
  readonly failed: readonly FailedSending[];
};

type Task = { readonly due: Due; readonly channel: Channel; readonly tries: number };
type Block = Pick<DeliveryRecord, "state" | "nextAt">;

/**
 * Sends each alert that is due to the recipients who do not have it, and stores what became of it for each of them. A
 * recipient that fails neither delays nor repeats the alert for the others.
 */
export async function sendAlerts(
  deliveries: DeliveryRepository,
  due: readonly Due[],
  config: AlertingConfig,
  now: UnixMs,
  signal: AbortSignal,
): Promise<SendResult> {
  const stored = new Map((await deliveries.all()).map((one) => [keyOf(one), one]));
  const channels = new Map(due.map((one) => [one, channelsFor(one.alert, config)]));
  const recordOf = ({ alert, number }: Due, { key }: Channel) =>
    stored.get(keyOf({ incident: alert.incident, alert: number, recipient: key }));
  const hasReached = (one: Due) => {
    const those = channels.get(one) ?? [];
    return those.length === 0 || those.some((channel) => recordOf(one, channel)?.state === "sent");
  };
  const tasks = due.flatMap((one) => {
    const isReached = hasReached(one);
    return (channels.get(one) ?? []).flatMap((channel): Task[] => {
      const record = recordOf(one, channel);
      const isOpen = !record || (isRetried(record, isReached) && record.nextAt <= now);
      return isOpen ? [{ due: one, channel, tries: record?.tries ?? 0 }] : [];
    });
  });
  const sentTo: Channel[] = [];
  const failed: FailedSending[] = [];

  async function put({ due: { alert, number }, channel }: Task, rest: Block & { readonly tries: number }) {
    const record = { incident: alert.incident, alert: number, recipient: channel.key, ...rest };
    stored.set(keyOf(record), record);
    await deliveries.put(record);
  }

  /** The alerts for one recipient, one after the other. After a failure the rest waits as well. */
  async function sendAll(those: readonly Task[]): Promise<void> {
    let block: Block | undefined = deferralOf(those[0]!.channel, stored.values(), now);
    for (const task of those) {
      const { due: one, channel } = task;
      if (block) {
        await put(task, { ...block, tries: task.tries });
        continue;
      }
      const { failure } = await sendTo(channel, one.alert, config, signal);
      const tries = task.tries + 1;
      const outcome = outcomeOf(failure, tries, now);
      await put(task, { ...outcome, tries });
      if (!failure) sentTo.push(channel);
      else {
        failed.push({ alert: one.alert, channel, failure, tries });
        block = outcome.state === "refused" && failure.affects === "recipient" ? undefined : outcome;
      }
    }
  }

  await Promise.all([...Map.groupBy(tasks, ({ channel }) => channel.key).values()].map(sendAll));
  const reached = due.filter(hasReached);
  for (const one of reached) await one.done();
  return { reached, unreached: due.filter((one) => !reached.includes(one)), sentTo, failed };
}

/** A refusal is final only while others have the alert: an alert that has reached nobody is tried everywhere. */
function isRetried({ state, tries }: DeliveryRecord, isReached: boolean): boolean {
  if (state === "sent") return false;
  return !isReached || (state !== "refused" && tries < MOST_TRIES);
}

function outcomeOf(failure: SendFailure | undefined, tries: number, now: UnixMs): Block {
  if (!failure) return { state: "sent", nextAt: now };
  const minutes = Math.min(2 ** (tries - 1), LONGEST_PAUSE_MINUTES);
  const { again, retryAfterS } = failure;
  if (again !== "never" && retryAfterS !== undefined) return { state: "deferred", nextAt: now + retryAfterS * 1_000 };
  return { state: again === "never" ? "refused" : "failed", nextAt: now + minutes * MINUTE * 1_000 };
}

/** A server that named a time gets nothing before it, whatever the alert is about. */
function deferralOf({ key }: Channel, stored: Iterable<DeliveryRecord>, now: UnixMs): Block | undefined {
  const times = [...stored]
    .filter(({ recipient, state, nextAt }) => recipient === key && state === "deferred" && nextAt > now)
    .map(({ nextAt }) => nextAt);
  return times.length === 0 ? undefined : { state: "deferred", nextAt: Math.max(...times) };
}

function keyOf({ incident, alert, recipient }: Pick<DeliveryRecord, "incident" | "alert" | "recipient">): string {
  return `${incident} ${alert} ${recipient}`;
}
