import * as v from "valibot";
import { codePointsOf, safeLine } from "../encoding/line.ts";

/**
 * A line of at most so many Unicode code points. Sticks exist whose lines hold a line break or a direction mark: they
 * still open, and everything behind this schema sees the line as it may be shown.
 */
export function lineUpTo(maxCodePoints: number) {
  return v.pipe(
    v.string(),
    v.check((text) => codePointsOf(text) <= maxCodePoints),
    v.transform(safeLine),
  );
}
