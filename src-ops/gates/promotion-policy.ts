import * as v from "valibot";
import { EVERYONE } from "../../src-shared/updates/index.ts";
import { hours, whole } from "./policy-fields.ts";
import { Windows } from "./window.ts";

/** How long a hotfix is watched in each ring, and whether it waits for a window at all. */
const Lane = v.strictObject({ hours, anyTime: v.boolean() });

export const LANES = ["p1", "p2", "p3"] as const;
export type LaneName = (typeof LANES)[number];

/** The shares of everyone, each with the hours for which it is watched before the next one. */
const Stages = v.pipe(
  v.array(v.strictObject({ basisPoints: v.pipe(whole, v.minValue(1), v.maxValue(EVERYONE)), hours })),
  v.minLength(1),
  v.check((stages) => stages.every(({ basisPoints }, i) => basisPoints > (stages[i - 1]?.basisPoints ?? 0))),
  v.check((stages) => stages.at(-1)?.basisPoints === EVERYONE),
);

/** When people may let a build into the next ring, apart from what its gates found. */
export const PromotionPolicy = v.strictObject({
  /** A verdict that is older promotes nothing. */
  verdictHours: hours,
  windows: Windows,
  pilots: v.pipe(
    v.strictObject({ least: whole, most: whole }),
    v.check(({ least, most }) => least <= most),
  ),
  stages: Stages,
  lanes: v.strictObject({ p1: Lane, p2: Lane, p3: Lane }),
});
