const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const values = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;

/** Base64url without padding (RFC 4648 section 5). */
export function toBase64url(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    let text = alphabet.charAt(group >> 18) + alphabet.charAt((group >> 12) & 63);
    if (left > 1) text += alphabet.charAt((group >> 6) & 63);
    if (left > 2) text += alphabet.charAt(group & 63);
    parts.push(text);
  }
  return parts.join("");
}

/**
 * Reads canonical base64url only: no padding, no white space, no `+` or `/`, unused trailing bits zero. Anything else
 * is `undefined`, so that every byte string has exactly one accepted spelling.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const tail = text.length % 4;
  if (tail === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let out = 0;
  let group = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    group = (group << 6) | value;
    if (i % 4 === 3) {
      bytes[out++] = (group >> 16) & 255;
      bytes[out++] = (group >> 8) & 255;
      bytes[out++] = group & 255;
      group = 0;
    }
  }
  if (tail === 2) {
    if (group & 15) return undefined;
    bytes[out] = group >> 4;
  } else if (tail === 3) {
    if (group & 3) return undefined;
    bytes[out++] = group >> 10;
    bytes[out] = (group >> 2) & 255;
  }
  return bytes;
}
