/** How the bytes of one sample look, as far as that can be known without decoding. */
export type SampleBytes = "plausible" | "zeroed" | "malformed";

// Compressed pictures and sound have no long runs of zeros. In H.264 and HEVC three zero bytes in a row are even
// forbidden inside a unit (ITU-T H.264, 7.4.1), but padding at a unit's end is common.
const ZERO_RUN_IN_UNIT = 64;
const ZERO_RUN = 1024;

/** @param lengthBytes the width of the length before each unit of an H.264 or HEVC sample; 0 for other codecs */
export function judgeSample(data: Uint8Array, lengthBytes: number): SampleBytes {
  if (lengthBytes === 0) return hasZeroRun(data, ZERO_RUN) || isOnlyZeros(data) ? "zeroed" : "plausible";
  if (isOnlyZeros(data)) return "zeroed";
  for (let at = 0; at < data.length;) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (data[at + i] ?? 0);
    const end = at + lengthBytes + length;
    if (end > data.length) return "malformed";
    const unit = withoutPadding(data.subarray(at + lengthBytes, end));
    // The first bit of a unit is zero in every version of the standard.
    if ((unit[0] ?? 0) >= 0x80) return "malformed";
    if (unit.length === 0 && length > ZERO_RUN_IN_UNIT) return "zeroed";
    if (hasZeroRun(unit, ZERO_RUN_IN_UNIT)) return "zeroed";
    at = end;
  }
  return "plausible";
}

function withoutPadding(unit: Uint8Array): Uint8Array {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}

function isOnlyZeros(data: Uint8Array): boolean {
  return data.length > 8 && withoutPadding(data).length === 0;
}

// Looks only at every n-th byte until one is zero.
function hasZeroRun(data: Uint8Array, length: number): boolean {
  for (let at = length - 1; at < data.length; at += length) {
    if (data[at] !== 0) continue;
    let [from, to] = [at, at + 1];
    while (from > 0 && data[from - 1] === 0) from--;
    while (to < data.length && data[to] === 0) to++;
    if (to - from >= length) return true;
    at = to - 1;
  }
  return false;
}
