import { utf8 } from "../../../src-shared/encoding/text.ts";
import type { RingTargets } from "../../gates/index.ts";
import { sha256Hex } from "../metadata.ts";

/** The eligible pilots of ring1, and the names in ring1 that are not eligible. */
export type Pilots = {
  readonly count: number;
  /** The hash of the sorted hashes of the agreements: it identifies the set of signed agreements without names. */
  readonly agreementsHash: string;
  readonly ineligible: readonly string[];
};

export function pilotsIn({ rings }: RingTargets): Pilots {
  const { targets } = rings.ring1;
  const agreements = targets.flatMap(({ type, agreement }) => (type === "client" && agreement ? [agreement] : []));
  const hashes = agreements.map(({ sha256 }) => sha256).toSorted();
  const ineligible = targets.flatMap(({ hostname, type, agreement }) =>
    type === "client" && agreement ? [] : [hostname],
  );
  return { count: new Set(hashes).size, agreementsHash: sha256Hex(utf8(hashes.join("\n"))), ineligible };
}
