import * as v from "valibot";
import type { Result } from "../result.ts";
import type { BuildId } from "./build.ts";
import { parseDocument } from "./document.ts";

const Text = v.pipe(v.string(), v.maxLength(8_000));

/** What is new in a build, for people: plain text, a line for each point. */
export const ReleaseNotes = v.object({ fr: Text, en: Text });
export type ReleaseNotes = v.InferOutput<typeof ReleaseNotes>;

export const NOTES_FILE = "notes.json";
export const notesPath = (build: BuildId) => `builds/${build}/${NOTES_FILE}`;

/** Reads the attacker-controlled `builds/<buildId>/notes.json`. */
export function parseReleaseNotes(bytes: Uint8Array): Result<ReleaseNotes, "MALFORMED"> {
  return parseDocument(ReleaseNotes, bytes);
}
