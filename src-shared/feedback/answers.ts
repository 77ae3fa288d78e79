import * as v from "valibot";

// What people write is sent as they wrote it: lines and texts of limited length, without control characters.
const CONTROLS = /(?![\n\t])\p{Cc}/u;

export const MAX_LINE = 200;
export const MAX_TEXT = 2_000;
export const MAX_DIAGNOSTICS = 32_768;

const textUpTo = (length: number) =>
  v.pipe(
    v.string(),
    v.maxLength(length),
    v.check((text) => !CONTROLS.test(text)),
  );
const Line = v.pipe(textUpTo(MAX_LINE), v.regex(/^[^\n\t]*$/));
const Text = textUpTo(MAX_TEXT);

/** The opinion of a person about a release. */
export const Opinion = v.strictObject({
  /** 0 (not at all) to 10; `null`: the person did not want to answer now, and the other members are empty. */
  score: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10))),
  well: Line,
  badly: Line,
  comment: Text,
  /** How to reach the person; optional. */
  contact: Line,
});
export type Opinion = v.InferOutput<typeof Opinion>;

export const NOT_NOW: Opinion = { score: null, well: "", badly: "", comment: "", contact: "" };

/** Why a person was asked: after a few good sessions with a release, or in the first one after an update. */
export const OCCASIONS = ["sessions", "update"] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** A problem in the words of the person. */
export const ProblemReport = v.strictObject({ words: v.pipe(Text, v.minLength(1)), contact: Line });
export type ProblemReport = v.InferOutput<typeof ProblemReport>;

/** The diagnostics that are sent with a problem: text that contains no secret. */
export const Diagnostics = textUpTo(MAX_DIAGNOSTICS);

/** Random and shown to the person: eight of 32 letters and digits that are not mistaken for each other. */
export const Ticket = v.pipe(v.string(), v.regex(/^[A-Z2-7]{4}-[A-Z2-7]{4}$/));
export type Ticket = v.InferOutput<typeof Ticket>;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Makes a ticket of 8 random bytes. Only the low five bits of each are used. */
export function ticketOf(random: Uint8Array): Ticket {
  if (random.length !== 8) throw new RangeError("a ticket takes 8 random bytes");
  const letters = Array.from(random, (byte) => LETTERS.charAt(byte & 31)).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** What a person typed, without characters that a line or a text must not contain. */
export function tidied(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "")
    .trim();
}
