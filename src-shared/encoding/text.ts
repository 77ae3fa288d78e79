const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Strict UTF-8: `undefined` for any invalid sequence; a byte order mark is kept as U+FEFF, so that the JSON parser
 * refuses it.
 */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Text as programs of people save it: UTF-8, or UTF-16 with or without a byte order mark. What is not valid becomes U+FFFD, so
 * this is only for text in which something else is looked for, such as a license.
 */
export function textOfFile(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second, third, fourth]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // Two letters of the alphabet.
  if (second === 0 && fourth === 0 && first !== 0 && third !== 0) return "utf-16le";
  return first === 0 && third === 0 && second !== 0 && fourth !== 0 ? "utf-16be" : "utf-8";
}

/**
 * Unambiguous concatenation for key derivation: each part is preceded by its length in bytes as a 32-bit big-endian
 * number, so that no two lists of parts give the same bytes.
 */
export function lengthPrefixed(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const encoded = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const out = new Uint8Array(encoded.reduce((total, part) => total + 4 + part.length, 0));
  const view = new DataView(out.buffer);
  let offset = 0;
  for (const part of encoded) {
    view.setUint32(offset, part.length);
    out.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return out;
}
