import type { CallError, CallName, PackProblem, PlaybackFault } from "../../src-shared/ipc/index.ts";

/**
 * What the player itself finds. `UNDECODABLE`: genuine bytes that no decoder of this computer turns into a picture or
 * sound. `UNSEEKABLE`: the film plays, but not from the place that was asked for.
 */
export type MediaFault = "UNDECODABLE" | "UNSEEKABLE" | "UNREADABLE";

/**
 * Every code that the main process can send, and those of the player. A new code in the contract does not compile
 * without its texts.
 */
export type ProblemCode = Exclude<
  { [N in CallName]: CallError<N> }[CallName] | PlaybackFault | PackProblem | MediaFault,
  "CANCELLED"
>;

/** The values that a text may contain. */
export type ProblemFacts = {
  readonly date: string | null;
  readonly support: string;
  /** The stick has the content of the licensed one, but it is another drive. */
  readonly isCopy: boolean;
};

/** The three parts of the explanation of a problem. */
export type ProblemText = { readonly what: string; readonly why: string; readonly next: string };

export function say(what: string, why: string, next: string): ProblemText {
  return { what, why, next };
}

export type ProblemCatalog = { readonly [code in ProblemCode]: (facts: ProblemFacts) => ProblemText };
