import type { CallError, CallName, PlaybackFault } from "../../src-shared/ipc/index.ts";

/** Every code that the main process can answer or say. A new one in the contract does not compile without words. */
export type ProblemCode = Exclude<{ [N in CallName]: CallError<N> }[CallName] | PlaybackFault, "CANCELLED">;

/** What a sentence may name. */
export type ProblemFacts = {
  readonly date: string | null;
  readonly support: string;
  /** The stick says all that the licensed one says, but it is another drive. */
  readonly isCopy: boolean;
};

/** The three parts of every refusal. */
export type ProblemText = { readonly what: string; readonly why: string; readonly next: string };

export type ProblemCatalog = { readonly [code in ProblemCode]: (facts: ProblemFacts) => ProblemText };
