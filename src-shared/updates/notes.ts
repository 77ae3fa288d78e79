import * as v from "valibot";
import { DEFAULT_LANGUAGE, type Language, LANGUAGES } from "../languages.ts";
import { MAX_NOTES_CHARS } from "../limits.ts";
import type { Result } from "../result.ts";
import type { BuildId } from "./build.ts";
import { parseDocument } from "./document.ts";

const Text = v.pipe(v.string(), v.maxLength(MAX_NOTES_CHARS));

const OptionalText = v.exactOptional(Text);
const texts = Object.fromEntries(LANGUAGES.map((language) => [language, OptionalText]));

/**
 * The release notes of a build, for people: plain text, one line for each point. French and English belong to the
 * format; a language that was added to the app later may be missing in an older feed.
 */
export const ReleaseNotes = v.object({
  ...(texts as { readonly [language in Language]: typeof OptionalText }),
  fr: Text,
  en: Text,
});
export type ReleaseNotes = v.InferOutput<typeof ReleaseNotes>;

export const NOTES_FILE = "notes.json";
export const notesPath = (build: BuildId) => `builds/${build}/${NOTES_FILE}`;

/** The notes in a language, or in the default language if they are not translated. */
export function notesIn(notes: ReleaseNotes, language: Language): string {
  const text: string | undefined = notes[language];
  return text ?? notes[DEFAULT_LANGUAGE];
}

/** Reads the attacker-controlled `builds/<buildId>/notes.json`. */
export function parseReleaseNotes(bytes: Uint8Array): Result<ReleaseNotes, "MALFORMED"> {
  return parseDocument(ReleaseNotes, bytes);
}
