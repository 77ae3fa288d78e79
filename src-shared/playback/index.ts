export { type ByteRange, parseByteRange } from "./byte-range.ts";
export { NEVER_WATCHED, type Watched, watchedAt } from "./watching.ts";
