import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import { RINGS } from "../license/index.ts";
import { BuildId, HOLD_REASONS, MOVES, ReleaseNotes, UPDATE_PROBLEMS, Version } from "../updates/index.ts";

const Time = NonNegativeInteger;
const Bytes = NonNegativeInteger;

/** The update in progress or waiting, with its release notes. */
const Offer = v.object({
  version: Version,
  move: v.picklist(MOVES),
  critical: v.boolean(),
  from: v.picklist(["web", "stick"]),
  notes: v.nullable(ReleaseNotes),
});

export const UpdateStage = v.variant("stage", [
  v.object({ stage: v.literal("idle") }),
  v.object({ stage: v.literal("checking") }),
  v.object({ stage: v.literal("downloading"), offer: Offer, received: Bytes, total: Bytes }),
  /** `installable` is false if this kind of package is replaced by hand. */
  v.object({ stage: v.literal("ready"), offer: Offer, installable: v.boolean() }),
  /** `isWaiting`: the system finishes another installation first. */
  v.object({ stage: v.literal("installing"), offer: Offer, isWaiting: v.boolean() }),
]);
export type UpdateStage = v.InferOutput<typeof UpdateStage>;

/** The result of the last check. The reason is the publisher's, for people: text, never markup. */
export const UpdateOutcome = v.variant("kind", [
  v.object({ kind: v.literal("current") }),
  v.object({
    kind: v.literal("hold"),
    reason: v.picklist(HOLD_REASONS),
    version: v.nullable(Version),
    words: v.string(),
  }),
  v.object({ kind: v.literal("problem"), code: v.picklist(UPDATE_PROBLEMS) }),
]);
export type UpdateOutcome = v.InferOutput<typeof UpdateOutcome>;

/** For staff: the content of the ring's document. */
export const RingDetails = v.object({
  build: BuildId,
  kind: v.string(),
  generation: v.number(),
  seq: v.number(),
  basisPoints: v.number(),
  issued: Time,
  buildFloor: v.number(),
  halted: v.nullable(BuildId),
});
export type RingDetails = v.InferOutput<typeof RingDetails>;

export const UpdatesView = v.object({
  ring: v.picklist(RINGS),
  now: UpdateStage,
  /** The end of the last check; null before the first. */
  checked: v.nullable(Time),
  outcome: v.nullable(UpdateOutcome),
  /** The connected stick contains an update feed. */
  onStick: v.boolean(),
  /** The ring's document, only in ring0 and ring1. */
  details: v.nullable(RingDetails),
});
export type UpdatesView = v.InferOutput<typeof UpdatesView>;
