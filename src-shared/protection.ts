import * as v from "valibot";

// Each list begins with the weakest.
/** `block`: where the system can; the app tells the viewer where it cannot. `require`: nothing plays where it cannot. */
export const CAPTURES = ["allow", "block", "require"] as const;
export const WATERMARKS = ["none", "corner", "moving"] as const;

/** How a publisher protects the picture. */
export const Protection = v.object({ capture: v.picklist(CAPTURES), watermark: v.picklist(WATERMARKS) });
export type Protection = v.InferOutput<typeof Protection>;

/**
 * What becomes of screen captures on a computer. `not-blocked`: the publisher wants them to be blocked, and this computer
 * cannot. `refused`: nothing may play there.
 */
export type CaptureDecision = "allowed" | "blocked" | "not-blocked" | "refused";

export function decideCaptures({ capture }: Protection, canBlock: boolean): CaptureDecision {
  if (capture === "allow") return "allowed";
  if (canBlock) return "blocked";
  return capture === "require" ? "refused" : "not-blocked";
}

/** What a license, or one option of a command, adds to that: it can only be stricter. */
export const AddedProtection = v.object({
  capture: v.exactOptional(Protection.entries.capture),
  watermark: v.exactOptional(Protection.entries.watermark),
});
export type AddedProtection = v.InferOutput<typeof AddedProtection>;

/** The first version of the app that protects the picture; a license that asks for it names this one or a later one. */
export const PROTECTION_FROM = "0.1.0";

/** The members that are named, of options of a command for example. */
export function addedProtection({ capture, watermark }: Partial<Protection>): AddedProtection {
  return { ...(capture ? { capture } : {}), ...(watermark ? { watermark } : {}) };
}

export const UNPROTECTED: Protection = { capture: "allow", watermark: "none" };

/** The stricter of both, each member by itself. */
export function strictest(one: Protection, other: AddedProtection): Protection {
  return {
    capture: later(CAPTURES, one.capture, other.capture),
    watermark: later(WATERMARKS, one.watermark, other.watermark),
  };
}

function later<T>(order: readonly T[], one: T, other: T | undefined): T {
  return other !== undefined && order.indexOf(other) > order.indexOf(one) ? other : one;
}

/** Whether there is anything in it. */
export function isAdded({ capture, watermark }: AddedProtection): boolean {
  return capture !== undefined || watermark !== undefined;
}

export function isUnprotected({ capture, watermark }: Protection): boolean {
  return capture === UNPROTECTED.capture && watermark === UNPROTECTED.watermark;
}
