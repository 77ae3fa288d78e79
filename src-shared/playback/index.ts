export { type ByteRange, parseByteRange } from "./byte-range.ts";
export { type Watched, watchedAt } from "./watching.ts";
