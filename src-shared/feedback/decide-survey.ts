import * as v from "valibot";
import { NonNegativeInteger } from "../integers.ts";
import type { Ring } from "../license/index.ts";
import { type Occasion, OCCASIONS } from "./answers.ts";

/** After this many good sessions a person knows a release well enough to have an opinion. */
export const GOOD_SESSIONS = 3;

const MAX_ASKED_VERSIONS = 50;

/** Stored on this computer, so that nobody is asked too soon, or twice for one release. */
export const SurveyMemory = v.object({
  version: v.string(),
  /** How this version was installed: as the first one on this computer, or after another. */
  occasion: v.picklist(OCCASIONS),
  goodSessions: NonNegativeInteger,
  /** The versions that were asked about, oldest first. */
  asked: v.array(v.string()),
});
export type SurveyMemory = v.InferOutput<typeof SurveyMemory>;

/** The memory, adapted to the version that runs now. */
export function memoryFor(before: SurveyMemory | undefined, version: string): SurveyMemory {
  if (!before) return { version, occasion: "sessions", goodSessions: 0, asked: [] };
  return before.version === version ? before : { ...before, version, occasion: "update", goodSessions: 0 };
}

/** What is known about a session. */
export type SessionSoFar = {
  readonly operations: { readonly play: { readonly ok: number; readonly failed: number } };
  readonly crashes: { readonly [process in "main" | "renderer" | "gpu" | "worker"]: number };
};

/** A session in which something was watched and nothing went wrong. */
export function isGoodSession({ operations: { play }, crashes }: SessionSoFar): boolean {
  return play.ok > 0 && play.failed === 0 && Object.values(crashes).every((count) => count === 0);
}

export type SurveySurroundings = {
  readonly ring: Ring;
  readonly hasConsent: boolean;
  /** The current session: nobody is asked before anything was watched in it. */
  readonly session: SessionSoFar;
};

/**
 * Whether a pilot is asked now, and why; `undefined`: not now. The page ensures that it never happens during playback.
 */
export function decideSurvey(memory: SurveyMemory, here: SurveySurroundings): Occasion | undefined {
  if (here.ring !== "ring1" || !here.hasConsent) return undefined;
  if (memory.asked.includes(memory.version) || !isGoodSession(here.session)) return undefined;
  const enough = memory.occasion === "update" || memory.goodSessions + 1 >= GOOD_SESSIONS;
  return enough ? memory.occasion : undefined;
}

/** The memory after the person has answered or declined to answer now. */
export function afterAsking(memory: SurveyMemory): SurveyMemory {
  const asked = [...memory.asked.filter((version) => version !== memory.version), memory.version];
  return { ...memory, asked: asked.slice(-MAX_ASKED_VERSIONS) };
}

/** The memory after a session has ended. */
export function afterSession(memory: SurveyMemory, session: SessionSoFar): SurveyMemory {
  return isGoodSession(session) ? { ...memory, goodSessions: memory.goodSessions + 1 } : memory;
}
