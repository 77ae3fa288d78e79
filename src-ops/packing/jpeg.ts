export type Jpeg = { readonly bytes: Uint8Array; readonly width: number; readonly height: number };

// Markers of ITU-T T.81, table B.1.
const [START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN, FIRST_RESTART] = [0xd8, 0xd9, 0xda, 0xd0];
/** Between the start of frame markers there are three others. */
const NO_FRAME = new Set([0xc4, 0xc8, 0xcc]);

/** Divides pictures that stand one after another; `undefined` if anything in it is not a whole JPEG with a size. */
export function parseJpegs(bytes: Uint8Array): readonly Jpeg[] | undefined {
  const pictures: Jpeg[] = [];
  for (let at = 0; at < bytes.length;) {
    const picture = parseJpeg(bytes, at);
    if (!picture) return undefined;
    pictures.push(picture);
    at += picture.bytes.length;
  }
  return pictures;
}

function parseJpeg(bytes: Uint8Array, start: number): Jpeg | undefined {
  if (bytes[start] !== 0xff || bytes[start + 1] !== START_OF_IMAGE) return undefined;
  let size: Pick<Jpeg, "width" | "height"> | undefined;
  for (let at = start + 2; at + 1 < bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === END_OF_IMAGE) return size && { ...size, bytes: bytes.subarray(start, at + 2) };
    const length = wordAt(bytes, at + 2);
    if (length < 2) return undefined;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.has(marker)) {
      size = { height: wordAt(bytes, at + 5), width: wordAt(bytes, at + 7) };
    }
    at += 2 + length;
    if (marker === START_OF_SCAN) at = endOfScan(bytes, at);
  }
  return undefined;
}

/** The next marker after a scan: in its data 0xff is followed by 0 or by a restart marker. */
function endOfScan(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(0xff, start);
  while (at !== -1 && (bytes[at + 1] === 0 || ((bytes[at + 1] ?? 0) & 0xf8) === FIRST_RESTART)) {
    at = bytes.indexOf(0xff, at + 2);
  }
  return at === -1 ? bytes.length : at;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}
