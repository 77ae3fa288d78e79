import { extname } from "node:path";

/** What a subtitle file is for. Its viewers tell several of one language apart by this. */
export type SubtitleKind = "full" | "forced" | "sdh" | "commentary";

export type SidecarRole =
  | { readonly role: "subtitles"; readonly language: string; readonly kind: SubtitleKind }
  | { readonly role: "chapters"; readonly language: string }
  /** It belongs to the film, but is not something that is packed. */
  | { readonly role: "unknown"; readonly why: string };

const TEXT_FORMATS = new Set([".vtt", ".srt"]);
const OTHER_FORMATS = new Set([".ass", ".ssa", ".sub", ".idx", ".sup", ".smi", ".ttml", ".dfxp", ".sbv"]);

const KINDS: Readonly<Record<string, SubtitleKind>> = {
  forced: "forced",
  foreign: "forced",
  sdh: "sdh",
  cc: "sdh",
  commentary: "commentary",
};
/** Words that say nothing more. */
const PLAIN = new Set(["default", "full", "normal", "subtitles", "subs"]);

/** Names are compared as people read them: composed and decomposed accents, and large and small letters, are the same. */
export function comparableName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** What a file beside a film is; `undefined` if it does not belong to the film. `stem` is the film's name without ending. */
export function sidecarRole(name: string, stem: string): SidecarRole | undefined {
  const format = extname(name).toLowerCase();
  if (!TEXT_FORMATS.has(format) && !OTHER_FORMATS.has(format)) return undefined;
  const whole = comparableName(name.slice(0, name.length - format.length));
  const start = comparableName(stem);
  if (whole !== start && !whole.startsWith(`${start}.`)) return undefined;
  if (OTHER_FORMATS.has(format)) return { role: "unknown", why: `${format} is not taken; convert it to SRT or WebVTT` };
  return readWords(whole.slice(start.length).split(".").filter(Boolean));
}

function readWords(words: readonly string[]): SidecarRole {
  let language: string | undefined;
  let kind: SubtitleKind = "full";
  let isChapters = false;
  for (const word of words) {
    const tag = languageTag(word);
    // `hi` is Hindi, but beside another language it means "hearing impaired".
    if (word === "hi" && language !== undefined) kind = "sdh";
    else if (word === "chapters") isChapters = true;
    else if (KINDS[word] !== undefined) kind = KINDS[word];
    else if (tag !== undefined && language === undefined) language = tag;
    else if (!PLAIN.has(word)) {
      return { role: "unknown", why: `"${word}" is no language code (such as film.fr.vtt)` };
    }
  }
  return isChapters
    ? { role: "chapters", language: language ?? "und" }
    : { role: "subtitles", language: language ?? "und", kind };
}

/** The canonical BCP 47 tag of a known language: of `fr`, `fre`, `pt-BR`, `pt_br`, `French` or `français`. */
export function languageTag(text: string): string | undefined {
  try {
    const tag = Intl.getCanonicalLocales(text.replaceAll("_", "-"))[0];
    if (tag !== undefined && nameOfLanguage(tag) !== undefined) return tag;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return tagsByName().get(comparableName(text));
}

/** The name of each language in that language, as a viewer looks for it. */
export function nameOfLanguage(tag: string): string | undefined {
  return new Intl.DisplayNames([tag], { type: "language", fallback: "none" }).of(tag);
}

/** The language as its own readers call it, with a large first letter; `Subtitles` if it is unknown. */
export function labelOfLanguage(language: string): string {
  const name = language === "und" ? undefined : nameOfLanguage(language);
  return name === undefined ? "Subtitles" : name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

let byName: ReadonlyMap<string, string> | undefined;

function tagsByName(): ReadonlyMap<string, string> {
  if (byName) return byName;
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  const english = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });
  const names = new Map<string, string>();
  for (const tag of letters.flatMap((first) => letters.map((second) => first + second))) {
    for (const name of [english.of(tag), nameOfLanguage(tag)]) {
      if (name !== undefined && !names.has(comparableName(name))) names.set(comparableName(name), tag);
    }
  }
  return (byName = names);
}
