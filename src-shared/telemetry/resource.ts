import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { RINGS } from "../license/index.ts";
import { EventId } from "./event-id.ts";
import { type KeyValue, keyValuesOf } from "./any-value.ts";
import type { SentAt } from "./clock.ts";
import { AppVersion, Count } from "./measures.ts";

/** The sender, as far as it is disclosed: a pseudonym, never a name of a computer or a person. */
export const Sender = v.strictObject({
  "service.name": v.literal("usb-video-vault"),
  "service.version": AppVersion,
  "service.instance.id": RandomId,
  "uvv.ring": v.picklist(RINGS),
  "os.type": v.picklist(["linux", "windows", "darwin"]),
  "host.arch": v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,16}$/)),
});
export type Sender = v.InferOutput<typeof Sender>;

/** The attributes of a batch's resource: the sender, and its clocks at the time of sending. */
export const Resource = v.strictObject({
  ...Sender.entries,
  "uvv.sent.at": Count,
  "uvv.sent.session": EventId,
  "uvv.sent.up": Count,
});
export type Resource = v.InferOutput<typeof Resource>;

export function resourceAttributes(sender: Sender, sent: SentAt): KeyValue[] {
  return keyValuesOf({
    ...sender,
    "uvv.sent.at": sent.at,
    "uvv.sent.session": sent.session,
    "uvv.sent.up": sent.up,
  });
}

export const SCOPE = { name: "usb-video-vault/telemetry", version: "1" };

/** Milliseconds as OTLP's nanoseconds: a 64-bit integer, which is a string in JSON. */
export function nanoseconds(ms: number): string {
  return String(BigInt(ms) * 1_000_000n);
}
