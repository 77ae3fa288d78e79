// One line of text that a person wrote and that other people see: a stick's label, the title of a video.

// Control characters, the line and paragraph separators, lone surrogates, and the marks that change the direction of
// text (Unicode property Bidi_Control). ZWNJ (U+200C) and ZWJ (U+200D) are allowed: Persian and many emoji need them.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const EACH_UNSAFE = new RegExp(UNSAFE, "gu");

/** The first character that a label or title must not have, as `U+202E`. */
export function unsafeCharacterIn(text: string): string | undefined {
  const code = UNSAFE.exec(text)?.[0].codePointAt(0);
  return code === undefined ? undefined : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The same line with U+FFFD in place of each character that could break the line or reorder the text around it. */
export function safeLine(text: string): string {
  return text.replaceAll(EACH_UNSAFE, "\u{fffd}");
}

/** The first character that a text of several lines must not have: they end with a line feed. */
export function unsafeCharacterInText(text: string): string | undefined {
  return unsafeCharacterIn(text.replaceAll("\n", ""));
}

/** A text of several lines, each of them safe to show. */
export function safeText(text: string): string {
  return text.split("\n").map(safeLine).join("\n");
}

/** The same text with `\uXXXX`, as JSON writes it, in place of each of these characters. */
export function escapeUnsafe(text: string): string {
  return text.replaceAll(EACH_UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** How many Unicode code points a text has: an emoji counts once where UTF-16 needs two units. */
export function codePointsOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The beginning of a line, at most this many UTF-16 units; no character is cut in two. */
export function truncateLine(text: string, maxUnits: number): string {
  return text.slice(0, maxUnits).replace(/[\uD800-\uDBFF]$/, "");
}
