import { basename } from "node:path";
import { awaitedPeople, awaitedSentence, type TransactionResult } from "../feed/index.ts";
import type { Job } from "../job.ts";
import type { Outcome } from "./host.ts";
import { DEVELOPMENT_NOTE } from "./options.ts";

/** The outcome of a command that changes a feed. */
export function describeResult(job: Job, result: TransactionResult, more: readonly string[]): Outcome {
  const { published, summary, pending, warnings, developmentKeys } = result;
  if (developmentKeys) job.note(DEVELOPMENT_NOTE);
  for (const warning of warnings) job.note(warning);
  const lines = published ? [`Published: ${summary}.`] : describeKept(result);
  return {
    json: { ...result, pending: pending ?? null },
    lines: [...lines, ...result.waiting.flatMap(describeWaiting), ...more],
  };
}

function describeKept({ summary, pending, missing, awaited }: TransactionResult): readonly string[] {
  const id = basename(pending ?? "", ".pending.json");
  const missingText = missing.map(({ role, signed, needed }) => `${role} ${signed} of ${needed}`).join(", ");
  const sentences = awaited.map(awaitedSentence);
  const next =
    sentences.length === 0
      ? `The keys of the server are missing: give them with --person-keys, and run \`vaultctl feed import ${id}\`.`
      : `Send ${pending} to them: \`vaultctl feed sign FILE --person-keys BUNDLE --repo COPY-OF-THE-FEED\`, then \`vaultctl feed import FILE\`.`;
  return [`Not published yet: ${summary}. Signatures so far: ${missingText}.`, ...sentences, next];
}

/** Changes that waited, and were overtaken by the published one. */
function describeWaiting(change: TransactionResult["waiting"][number]): readonly string[] {
  if (change.outcome === "kept")
    return [`${change.was} (${change.summary}) still waits, but: ${change.reason} See \`vaultctl feed pending\`.`];
  const people = awaitedPeople(change.awaited).map(({ name }) => name);
  const again = people.length > 0 ? ` To sign again, also by those who had signed: ${people.join(", ")}.` : "";
  return [
    `${change.was} (${change.summary}) was made again on the new state, as ${change.id}. Its signatures are void.${again}`,
    ...change.awaited.map((one) => `  ${awaitedSentence(one)}`),
  ];
}
