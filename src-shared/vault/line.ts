import * as v from "valibot";
import { codePointsOf, safeLine, safeText } from "../encoding/line.ts";

/**
 * A line of at most this many Unicode code points. On some existing sticks, lines contain a line break or a direction
 * mark: those sticks still open, and code after this schema gets the line in a form that is safe to show.
 */
export function lineOfAtMost(maxCodePoints: number) {
  return v.pipe(
    v.string(),
    v.check((text) => codePointsOf(text) <= maxCodePoints),
    v.transform(safeLine),
  );
}

/** The same for a text of several lines, which line feeds separate. */
export function textOfAtMost(maxCodePoints: number) {
  return v.pipe(
    v.string(),
    v.check((text) => codePointsOf(text) <= maxCodePoints),
    v.transform(safeText),
  );
}
