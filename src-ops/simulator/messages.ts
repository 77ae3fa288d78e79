import * as v from "valibot";
import type { Ring } from "../../src-shared/license/index.ts";
import {
  decodeLogs,
  encodeLogs,
  type Resource,
  type Sender,
  type SentAt,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import { BuildId } from "../../src-shared/updates/index.ts";
import { type NormalizedEvent, normalizeEvents } from "../gates/index.ts";
import type { Group } from "./scenario-schema.ts";
import type { Tick } from "./ticks.ts";

/** The version that is watched, and the one that its computers ran before. */
export const RELEASE = "9.9.9";
export const VERSION_BEFORE = "9.9.8";
export const BUILD = v.parse(BuildId, "simulated");

/** What a computer sends at once. */
export type Message = {
  readonly sender: Sender;
  readonly sent: SentAt;
  readonly events: readonly TelemetryEvent[];
  /** When the server receives it, and when it happened. */
  readonly arrival: Tick;
  readonly happened: Tick;
  /** Whether it is about the release, and not about the version before. */
  readonly isOfRelease: boolean;
  /** Whether it may make a verdict worse by itself. */
  readonly isBad: boolean;
  /** How many operations failed since the message before. */
  readonly failed: number;
};

/** The pseudonym of a simulated computer, from its number. They sort like the numbers. */
export function nameOf(computer: number): string {
  const letter = (place: number) => String.fromCodePoint(97 + (Math.floor(computer / 26 ** place) % 26));
  return letter(2) + letter(1) + letter(0) + "a".repeat(23);
}

/** Ids in the form of a UUID version 7, unique within a fleet: the same in every run. */
export function idsOf(computer: number, kind: "event" | "session"): () => string {
  let next = computer * 2 ** 24;
  const head = kind === "event" ? "01900000-0000-7000-8000-" : "01900000-0000-7001-8000-";
  return () => head + (next++).toString(16).padStart(12, "0");
}

export function senderOf(name: string, ring: Ring, { os, arch }: Group): Sender {
  return {
    "service.name": "usb-video-vault",
    "service.version": RELEASE,
    "service.instance.id": name,
    "uvv.ring": ring,
    "os.type": os,
    "host.arch": arch,
  };
}

/** What the receiver stores, from the bytes that the computer sends. */
export function receivedFully(message: Message, ring: Ring, receivedAt: UnixMs): readonly NormalizedEvent[] {
  const batch = decodeLogs(encodeLogs(message.sender, message.sent, message.events));
  if (!batch.ok) throw new Error("the simulator made a batch that a receiver cannot decode");
  return normalizeEvents(batch.value.resource, batch.value.events, ring, receivedAt, () => undefined);
}

/** The same without the bytes, which is ten times as fast. */
export function receivedDirectly(message: Message, ring: Ring, receivedAt: UnixMs): readonly NormalizedEvent[] {
  const { at, session, up } = message.sent;
  const resource: Resource = {
    ...message.sender,
    "uvv.sent.at": at,
    "uvv.sent.session": session,
    "uvv.sent.up": up,
  };
  return normalizeEvents(resource, message.events, ring, receivedAt, () => undefined);
}
