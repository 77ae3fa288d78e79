/** A seeded source of random numbers (mulberry32), so that a run can be repeated. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const MAX_BYTES = 16 * 1024;

// What parsers trip over: numbers at the edges, JSON's tokens, escapes, broken UTF-8, names of `Object.prototype`.
const TOKENS =
  `0 -1 1e999 9007199254740993 -0 2147483648 NaN null true {} [] "" [[[[[[[[ "__proto__": "constructor": "toString"
 \\u0000 \\ud800 \u0000 \u202e \ufeff = . --> .. ../ %2e \\ -- bytes= 1970-01-01T00:00:00Z e30 eyJ "," *`
    .split(/ |\n /)
    .concat("\r\n", " ")
    .map((token) => Buffer.from(token));

/** Changes an input in one to four places; sometimes with pieces of another one. */
export function mutate(input: Uint8Array, other: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(input);
  for (let left = 1 + random(4); left > 0; left--) bytes = change(bytes, other, random);
  return bytes.subarray(0, MAX_BYTES);
}

function change(bytes: Buffer<ArrayBuffer>, other: Uint8Array, random: (below: number) => number): Buffer<ArrayBuffer> {
  const at = random(bytes.length + 1);
  const length = 1 + random(1 + Math.min(64, bytes.length));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random(8)) {
    case 0:
      return flipBit(bytes, at, random);
    case 1:
      return setByte(bytes, at, random(256));
    case 2:
      return Buffer.concat([before, bytes.subarray(at + length)]);
    case 3:
      return Buffer.concat([before, bytes.subarray(at, at + length), after]);
    case 4:
      return Buffer.concat([before, TOKENS[random(TOKENS.length)] ?? before, after]);
    case 5:
      return Buffer.concat([before, TOKENS[random(TOKENS.length)] ?? before, bytes.subarray(at + length)]);
    case 6: {
      const from = random(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + length), after]);
    }
    default:
      return Buffer.concat([before, Buffer.from(String(random(2) === 0 ? random(300) : random(2 ** 31))), after]);
  }
}

function flipBit(bytes: Buffer<ArrayBuffer>, at: number, random: (below: number) => number): Buffer<ArrayBuffer> {
  return setByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random(8)));
}

function setByte(bytes: Buffer<ArrayBuffer>, at: number, value: number): Buffer<ArrayBuffer> {
  const changed = Buffer.from(bytes);
  if (at < changed.length) changed[at] = value;
  return changed;
}
