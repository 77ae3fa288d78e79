/** So many letters of a license's id tell it from all others of a publisher, and can be read from a picture. */
export const WATERMARK_ID_LETTERS = 8;

/**
 * What is drawn over the picture.
 *
 * @param day where it is drawn, as `yyyy-mm-dd`
 */
export function watermarkOf({ sub, lid }: { readonly sub: string; readonly lid: string }, day: string): string {
  return [sub, lid.slice(0, WATERMARK_ID_LETTERS), day].join(" · ");
}

// Letters and digits that a blurred picture does not tell apart. Ids have only a-z and 2-7; `?` stands for any.
const ALIKE = ["o0q", "il1j", "b8", "s5", "z2", "g9", "uv", "t7"];

/** Whether a text from a picture, such as `3rm6?wze`, can be the beginning of this license's id. */
export function canBeIdOf(lid: string, read: string): boolean {
  if (read.length !== WATERMARK_ID_LETTERS) return false;
  const letters = Array.from(read.toLowerCase());
  if (letters.filter((letter) => letter === "?").length > MAX_UNREADABLE) return false;
  return letters.every((letter, place) => isAlike(letter, lid[place] ?? ""));
}
const MAX_UNREADABLE = 4;

function isAlike(read: string, letter: string): boolean {
  return read === "?" || read === letter || ALIKE.some((group) => group.includes(read) && group.includes(letter));
}
