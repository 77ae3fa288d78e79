import { compareCounters, type LedgerHead } from "../ledger/index.ts";
import type { BuildId } from "./build.ts";
import type { Feed } from "./feed.ts";
import { haltedName } from "./halt.ts";

/**
 * Whether a build is halted in the ring of a feed: by this feed, or by any earlier one that the installation has seen.
 * Only the ring's own document lifts a halt, by naming it or a later one of the same build, and only the `targets` role
 * declares the halts of a stolen key void.
 */
export function isHalted({ ring, halts, release, security }: Feed, head: LedgerHead, build: BuildId): boolean {
  const shown = halts?.document.halts.find((halt) => halt.build === build);
  const remembered = head.updates.halted.get(haltedName(ring, build));
  const lifted = release?.document.resumed?.find((halt) => halt.build === build);
  const firstValid = security?.document.haltGeneration ?? 1;
  return [shown && halts && { generation: halts.counter.generation, sequence: shown.seq }, remembered].some((halt) => {
    if (!halt || halt.generation < firstValid) return false;
    return !lifted || compareCounters({ generation: lifted.generation, sequence: lifted.seq }, halt) < 0;
  });
}
