import { type AlertingConfig, allChannels, type Channel, FAILED_CHANNEL } from "../alerts/index.ts";
import type { IncidentRecord } from "../store/index.ts";
import type { Incident } from "./incidents.ts";
import type { FailedSending, SendResult } from "./send-alerts.ts";
import { MINUTE } from "../../../src-shared/units.ts";

/** Greylisting (RFC 6647) and a restart of a mail server are over by then, and nobody has to act on them. */
const LASTING_TRIES = 4;
const LASTING_S = 15 * MINUTE;

/** The incidents about channels that are open and whose channel is still configured. */
export function openFailedChannels(open: readonly IncidentRecord[], config: AlertingConfig): readonly Incident[] {
  const names = new Set(allChannels(config).flatMap(namesOf));
  return open.filter(({ kind, id }) => kind === "channel_failed" && names.has(id));
}

/** The same after sending: without those that work again, and with those that somebody has to repair. */
export function failedChannelsAfter(
  before: readonly Incident[],
  { sentTo, failed }: Pick<SendResult, "sentTo" | "failed">,
): readonly Incident[] {
  const working = new Set(sentTo.flatMap(namesOf));
  const lasting = failed.filter(isLasting).map(incidentOf);
  const now = new Map([...before, ...lasting].map((incident) => [incident.id, incident]));
  return [...now.values()].filter(({ id }) => !working.has(id));
}

function isLasting({ failure: { again, retryAfterS = 0 }, tries }: FailedSending): boolean {
  return again === "never" || tries >= LASTING_TRIES || retryAfterS > LASTING_S;
}

function incidentOf({ alert: { ring, version }, channel, failure }: FailedSending): Incident {
  const isWhole = failure.affects === "way";
  const id = `${FAILED_CHANNEL}${isWhole ? channel.way : channel.key}`;
  const detail = `${isWhole ? channel.way : channel.name}: ${failure.problem}`;
  return { id, kind: "channel_failed", ring, version, detail };
}

/** The ids that an incident about this recipient can have: about itself, and about the way to it. */
function namesOf({ key, way }: Channel): readonly string[] {
  return [`${FAILED_CHANNEL}${key}`, `${FAILED_CHANNEL}${way}`];
}
