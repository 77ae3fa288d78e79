import { utf8 } from "../../../src-shared/encoding/text.ts";
import type { RingTargets } from "../../gates/index.ts";
import { sha256Hex } from "../metadata.ts";

/** Who may judge a release as a pilot, and which names in ring1 may not. */
export type Pilots = {
  readonly count: number;
  /** Over the agreements' hashes, sorted: it says which people had signed, and names nobody. */
  readonly agreementsHash: string;
  readonly strangers: readonly string[];
};

export function pilotsIn({ rings }: RingTargets): Pilots {
  const { targets } = rings.ring1;
  const agreements = targets.flatMap(({ type, agreement }) => (type === "client" && agreement ? [agreement] : []));
  const hashes = agreements.map(({ sha256 }) => sha256).toSorted();
  const strangers = targets.flatMap(({ hostname, type, agreement }) =>
    type === "client" && agreement ? [] : [hostname],
  );
  return { count: new Set(hashes).size, agreementsHash: sha256Hex(utf8(hashes.join("\n"))), strangers };
}
