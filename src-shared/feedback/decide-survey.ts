import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import type { Ring } from "../license/index.ts";
import { type Occasion, OCCASIONS } from "./answers.ts";

/** With so many good sessions a person knows enough of a release to have an opinion. */
export const GOOD_SESSIONS = 3;

const MAX_ASKED_VERSIONS = 50;

/** What is kept here so that nobody is asked too soon, or twice for one release. */
export const SurveyMemory = v.object({
  version: v.string(),
  /** How this version came: as the first one here, or after another. */
  occasion: v.picklist(OCCASIONS),
  goodSessions: NonNegativeInteger,
  /** The versions that were asked about, oldest first. */
  asked: v.array(v.string()),
});
export type SurveyMemory = v.InferOutput<typeof SurveyMemory>;

/** The memory as it is for the version that runs now. */
export function memoryFor(before: SurveyMemory | undefined, version: string): SurveyMemory {
  if (!before) return { version, occasion: "sessions", goodSessions: 0, asked: [] };
  return before.version === version ? before : { ...before, version, occasion: "update", goodSessions: 0 };
}

/** What a session has to show for itself. */
export type SessionSoFar = {
  readonly operations: { readonly play: { readonly ok: number; readonly failed: number } };
  readonly crashes: { readonly [process in "main" | "renderer" | "gpu" | "worker"]: number };
};

/** A session in which something was watched, and nothing went wrong. */
export function isGoodSession({ operations: { play }, crashes }: SessionSoFar): boolean {
  return play.ok > 0 && play.failed === 0 && Object.values(crashes).every((count) => count === 0);
}

export type SurveySurroundings = {
  readonly ring: Ring;
  readonly hasConsent: boolean;
  /** The session that runs now: nobody is asked before anything was watched in it. */
  readonly session: SessionSoFar;
};

/** Whether a pilot is asked now, and why; `undefined`: not now. Never during playback is the page's part. */
export function decideSurvey(memory: SurveyMemory, here: SurveySurroundings): Occasion | undefined {
  if (here.ring !== "ring1" || !here.hasConsent) return undefined;
  if (memory.asked.includes(memory.version) || !isGoodSession(here.session)) return undefined;
  const enough = memory.occasion === "update" || memory.goodSessions + 1 >= GOOD_SESSIONS;
  return enough ? memory.occasion : undefined;
}

/** The memory after the person has answered, or has said not now. */
export function afterAsking(memory: SurveyMemory): SurveyMemory {
  const asked = [...memory.asked.filter((version) => version !== memory.version), memory.version];
  return { ...memory, asked: asked.slice(-MAX_ASKED_VERSIONS) };
}

/** The memory after a session has ended. */
export function afterSession(memory: SurveyMemory, session: SessionSoFar): SurveyMemory {
  return isGoodSession(session) ? { ...memory, goodSessions: memory.goodSessions + 1 } : memory;
}
