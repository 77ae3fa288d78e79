import * as v from "valibot";
import { EVERYONE } from "../../src-shared/updates/index.ts";
import { hours, whole } from "./policy-fields.ts";
import { Windows } from "./window.ts";

/** How long a hotfix is observed in each ring, and whether it may ignore the release windows. */
const Lane = v.strictObject({ hours, anyTime: v.boolean() });

export const LANES = ["p1", "p2", "p3"] as const;
export type LaneName = (typeof LANES)[number];

/** The shares of all computers, each with its observation hours before the next one. */
const Stages = v.pipe(
  v.array(v.strictObject({ basisPoints: v.pipe(whole, v.minValue(1), v.maxValue(EVERYONE)), hours })),
  v.minLength(1),
  v.check((stages) => stages.every(({ basisPoints }, i) => basisPoints > (stages[i - 1]?.basisPoints ?? 0))),
  v.check((stages) => stages.at(-1)?.basisPoints === EVERYONE),
);

/** The conditions besides the gates for promoting a build to the next ring. */
export const PromotionPolicy = v.strictObject({
  /** An older verdict does not allow a promotion. */
  verdictHours: hours,
  windows: Windows,
  pilots: v.pipe(
    v.strictObject({ least: whole, most: whole }),
    v.check(({ least, most }) => least <= most),
  ),
  stages: Stages,
  lanes: v.strictObject({ p1: Lane, p2: Lane, p3: Lane }),
});
