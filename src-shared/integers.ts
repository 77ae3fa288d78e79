import * as v from "valibot";

/** A whole number from 0 that JSON represents exactly: a count, a size, a time. */
export const NonNegativeInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A whole number from 1 that JSON represents exactly: a sequence, a generation. */
export const PositiveInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
