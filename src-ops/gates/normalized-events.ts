import type { Ring } from "../../src-shared/license/index.ts";
import { type Resource, type TelemetryEvent, timeOfEvent } from "../../src-shared/telemetry/index.ts";
import { DAY, MINUTE, type Milliseconds, type UnixMs } from "../../src-shared/units.ts";

/** An event as a receiver stores it: with its computer, its version, and its time by the receiver's clock. */
export type NormalizedEvent = {
  readonly machine: string;
  /** Its operating system and processor, such as `windows/x64`. */
  readonly platform: string;
  readonly ring: Ring;
  readonly version: string;
  readonly at: UnixMs;
  readonly event: TelemetryEvent;
};

export const SLOT_MS: Milliseconds = 5 * MINUTE * 1_000;
export const DAY_MS: Milliseconds = DAY * 1_000;

// A queue keeps 90 days: an older time is replaced by this limit.
const OLDEST_MS: Milliseconds = 100 * DAY_MS;

/** Converts the times of a batch to the receiver's clock. A sender's clock may be wrong by years, so no time may be in
 * the receiver's future, nor older than a queue keeps events.
 *
 * @param versionOf the version of a session from an earlier batch; called only for `sessionsWithoutVersion`
 */
export function normalizeEvents(
  resource: Resource,
  events: readonly TelemetryEvent[],
  ring: Ring,
  receivedAt: UnixMs,
  versionOf: (session: string) => string | undefined,
): readonly NormalizedEvent[] {
  const sent = { at: resource["uvv.sent.at"], session: resource["uvv.sent.session"], up: resource["uvv.sent.up"] };
  const known = versionsIn(events);
  return events.map((event) => {
    const { at } = timeOfEvent(event, sent, receivedAt);
    return {
      machine: resource["service.instance.id"],
      platform: `${resource["os.type"]}/${resource["host.arch"]}`,
      ring,
      version:
        versionNamedIn(event) ?? known.get(event.session) ?? versionOf(event.session) ?? resource["service.version"],
      at: Math.round(Math.max(receivedAt - OLDEST_MS, at)),
      event,
    };
  });
}

/** The sessions whose version is not in the batch. */
export function sessionsWithoutVersion(events: readonly TelemetryEvent[]): readonly string[] {
  const known = versionsIn(events);
  const open = events.filter((event) => versionNamedIn(event) === undefined && !known.has(event.session));
  return [...new Set(open.map(({ session }) => session))];
}

function versionsIn(events: readonly TelemetryEvent[]): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const event of events) if (event.kind === "session") versions.set(event.session, event.state.version);
  return versions;
}

// Feedback and problem reports name the version that they are about.
function versionNamedIn(event: TelemetryEvent): string | undefined {
  if (event.kind === "feedback") return event.feedback.version;
  return event.kind === "problem" ? event.problem.version : undefined;
}
