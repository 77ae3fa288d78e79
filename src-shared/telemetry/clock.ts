import type { Milliseconds, UnixMs } from "../units.ts";
import type { EventId } from "./event-id.ts";
import type * as v from "valibot";
import type { TelemetryEvent } from "./event.ts";

type SessionId = v.InferOutput<typeof EventId>;

/** The sender's two clocks at the time of sending: the wall clock, and the monotonic one. */
export type SentAt = { readonly at: UnixMs; readonly session: SessionId; readonly up: Milliseconds };

/**
 * When an event happened by the receiver's clock. Exact within the sending session, even if its wall clock was changed
 * in the meantime; for an earlier session only an estimate, based on the current error of the sender's clock.
 */
export function timeOfEvent(
  event: Pick<TelemetryEvent, "session" | "at" | "up">,
  sent: SentAt,
  receivedAt: UnixMs,
): { readonly at: UnixMs; readonly estimated: boolean } {
  if (event.session === sent.session && event.up <= sent.up)
    return { at: receivedAt - (sent.up - event.up), estimated: false };
  return { at: Math.min(receivedAt, event.at + (receivedAt - sent.at)), estimated: true };
}
