// The alphabet of SMS (3GPP TS 23.038): a text in it may have 160 characters, any other text 70. One character more, and
// the text is sent, and paid, as several parts.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Each of these takes the place of two. */
const EXTENSION = new Set("\f^{}\\[~]|€");
const GSM_UNITS = 160;
const UCS2_UNITS = 70;

const REPLACEMENTS: Readonly<Record<string, string>> = {
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  "«": '"',
  "»": '"',
  "–": "-",
  "—": "-",
  "…": "...",
  œ: "oe",
  Œ: "OE",
  "\u{a0}": " ",
  "\u{202f}": " ",
};

/**
 * Joins the parts of a text so that they fit into one part of an SMS: `title` is shortened as far as necessary, and `who` is
 * left out before `title` becomes meaningless. `head` and `end` stay.
 */
export function inOnePart(head: string, title: string, who: string, end: string): string {
  const [first, middle, task, last] = [head, title, who, end].map(withSmsLetters) as [string, string, string, string];
  const withTask = shortened(first, middle, `${task}${last}`);
  return withTask.kept >= Math.min(LEAST_TITLE, middle.length) ? withTask.text : shortened(first, middle, last).text;
}

const LEAST_TITLE = 20;

function shortened(head: string, title: string, end: string): { readonly text: string; readonly kept: number } {
  const whole = `${head}${title}${end}`;
  if (isOnePart(whole)) return { text: whole, kept: title.length };
  const letters = Array.from(title);
  while (letters.length > 0 && !isOnePart(`${head}${letters.join("")}...${end}`)) letters.pop();
  return { text: `${head}${letters.join("").trimEnd()}...${end}`, kept: letters.length };
}

function isOnePart(text: string): boolean {
  let units = 0;
  for (const letter of text) {
    if (!BASIC.has(letter) && !EXTENSION.has(letter)) return text.length <= UCS2_UNITS;
    units += EXTENSION.has(letter) ? 2 : 1;
  }
  return units <= GSM_UNITS;
}

/** Writes the text with letters of SMS where that changes no meaning: without typographic marks, and `e` for `ê`. */
function withSmsLetters(text: string): string {
  return Array.from(text.normalize("NFC").replaceAll(/[«] /g, "«").replaceAll(/ [»]/g, "»"), (letter) => {
    const replaced = REPLACEMENTS[letter] ?? letter;
    if (BASIC.has(letter) || replaced !== letter) return replaced;
    const plain = letter.normalize("NFD").replaceAll(/\p{M}/gu, "");
    return BASIC.has(plain) ? plain : letter;
  }).join("");
}
