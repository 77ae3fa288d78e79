import * as v from "valibot";
import { NonNegativeInteger } from "../../src-shared/integers.ts";

export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const hours = v.pipe(v.number(), v.minValue(0), v.maxValue(24 * 365));
export const whole = NonNegativeInteger;
export const score = v.pipe(v.number(), v.minValue(0), v.maxValue(10));
