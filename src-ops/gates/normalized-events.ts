import type { Ring } from "../../src-shared/license/index.ts";
import { type Resource, type TelemetryEvent, timeOfEvent } from "../../src-shared/telemetry/index.ts";
import { DAY, MINUTE, type Milliseconds, type UnixMs } from "../../src-shared/units.ts";

/** A ring, or `unenrolled`: shown apart, and never deciding a gate. */
export type SourceRing = Ring | "unenrolled";

/** An event as a receiver keeps it: whose it is, of which version, and when it happened by the receiver's clock. */
export type NormalizedEvent = {
  readonly machine: string;
  readonly ring: SourceRing;
  readonly version: string;
  readonly at: UnixMs;
  readonly event: TelemetryEvent;
};

export const SLOT_MS: Milliseconds = 5 * MINUTE * 1_000;
export const DAY_MS: Milliseconds = DAY * 1_000;

// A queue keeps 90 days: what claims to be older is brought to this edge.
const OLDEST_MS: Milliseconds = 100 * DAY_MS;

/**
 * Places the events of a batch in the receiver's time. A sender's clock may be wrong by years: nothing of it is in the
 * future of the receiver, nor older than a queue keeps.
 *
 * @param versionOf the version of a session that an earlier batch has told: asked for `sessionsWithoutVersion`
 */
export function normalizeEvents(
  resource: Resource,
  events: readonly TelemetryEvent[],
  ring: SourceRing,
  receivedAt: UnixMs,
  versionOf: (session: string) => string | undefined,
): readonly NormalizedEvent[] {
  const sent = { at: resource["uvv.sent.at"], session: resource["uvv.sent.session"], up: resource["uvv.sent.up"] };
  const told = versionsIn(events);
  return events.map((event) => {
    const { at } = timeOfEvent(event, sent, receivedAt);
    return {
      machine: resource["service.instance.id"],
      ring,
      version:
        versionNamedIn(event) ?? told.get(event.session) ?? versionOf(event.session) ?? resource["service.version"],
      at: Math.round(Math.max(receivedAt - OLDEST_MS, at)),
      event,
    };
  });
}

/** The sessions whose version nothing in the batch tells. */
export function sessionsWithoutVersion(events: readonly TelemetryEvent[]): readonly string[] {
  const told = versionsIn(events);
  const open = events.filter((event) => versionNamedIn(event) === undefined && !told.has(event.session));
  return [...new Set(open.map(({ session }) => session))];
}

function versionsIn(events: readonly TelemetryEvent[]): ReadonlyMap<string, string> {
  return new Map(events.flatMap((event) => (event.kind === "session" ? [[event.session, event.state.version]] : [])));
}

// What people write names the version that it is about.
function versionNamedIn(event: TelemetryEvent): string | undefined {
  if (event.kind === "feedback") return event.feedback.version;
  return event.kind === "problem" ? event.problem.version : undefined;
}
