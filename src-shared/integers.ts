import * as v from "valibot";

/** A whole number from 0 on that JSON carries exactly: a count, a size, a moment. */
export const NonNegativeInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A whole number from 1 on that JSON carries exactly: a sequence, a generation. */
export const PositiveInteger = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
