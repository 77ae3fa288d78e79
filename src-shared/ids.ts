import * as v from "valibot";

// Every identifier is lower-case base32 of 130 random bits: safe in file names on every file system (no case, no dots,
// no separators), in URLs and over the telephone.
const ID = /^[a-z2-7]{26}$/;

export const RandomId = v.pipe(v.string(), v.regex(ID));

export const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
export const ID_LENGTH = 26;

/** Turns 26 random bytes into an identifier. Only the low five bits of each byte are used. */
export function idFromRandom(bytes: Uint8Array): string {
  if (bytes.length !== ID_LENGTH) throw new RangeError("an identifier needs 26 random bytes");
  return Array.from(bytes, (byte) => ID_ALPHABET.charAt(byte & 31)).join("");
}
