import type { FetchError } from "./feed-source.ts";

export const METADATA_ERRORS = [
  "NO_ANCHOR",
  "EXPIRED",
  "ROLLED_BACK",
  "SIGNATURE_INVALID",
  "MISMATCH",
  "MALFORMED",
  "CLOCK_NOT_HONOURED",
  "NOT_WRITTEN",
] as const;
export type MetadataError = (typeof METADATA_ERRORS)[number];

/** Why a feed is refused. Every code is a refusal: they differ in what a person is told. */
export type TufError = FetchError | MetadataError;

// tuf-js puts most causes into the message of another error and loses their class.
const CAUSES: readonly (readonly [RegExp, MetadataError])[] = [
  [/\bexpired\b/i, "EXPIRED"],
  [/less than current|Expected version|does(?:n't| not) match (?:timestamp|snapshot)|Missing file/, "ROLLED_BACK"],
  [/signed by \d+\/\d+ keys|signature|no delegation found/i, "SIGNATURE_INVALID"],
  [/Expected (?:hash|length)|Hash algorithm/, "MISMATCH"],
  [/Failed to persist/, "NOT_WRITTEN"],
];

/** The code for whatever tuf-js throws: bytes that it does not accept are malformed. */
export function refusalOf(error: unknown): MetadataError {
  const text = error instanceof Error ? error.message : "";
  return CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? "MALFORMED";
}
