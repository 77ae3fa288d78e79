import * as v from "valibot";
import { codePointsOf, safeLine } from "../encoding/line.ts";

/**
 * A line of at most this many Unicode code points. On some existing sticks, lines contain a line break or a direction
 * mark: those sticks still open, and code after this schema gets the line in a form that is safe to show.
 */
export function lineUpTo(maxCodePoints: number) {
  return v.pipe(
    v.string(),
    v.check((text) => codePointsOf(text) <= maxCodePoints),
    v.transform(safeLine),
  );
}
