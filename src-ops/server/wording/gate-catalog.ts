import type { GateName } from "../../gates/index.ts";

/** A gate's numbers, written in the reader's language. What does not apply is "–". */
export type GateFigures = {
  readonly value: string;
  readonly limit: string;
  /** The largest share that the observations do not exclude. */
  readonly atMost: string;
  readonly have: string;
  readonly need: string;
  /** The computers concerned. */
  readonly names: string;
  /** The figure of the version before, today's, and how many times as much that is. */
  readonly before: string;
  readonly now: string;
  readonly times: string;
};

export type GateWords = {
  readonly name: string;
  /** For somebody who never read about gates: what it looks at, and why. */
  readonly explanation: string;
  /** What a gate that does not pass says about the release. */
  readonly sentence: (figures: GateFigures) => string;
};

/** The words of every gate: a gate without words does not compile. */
export type GateCatalog = Readonly<Record<GateName, GateWords>>;
