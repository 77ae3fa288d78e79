import {
  ANY_PHRASE,
  ERROR_PHRASE,
  type LogEventName,
  type LogEvents,
  categoryOf,
  ROLLBACK_PHRASE,
  SIGNATURE_PHRASE,
} from "./events.ts";

/**
 * One line of the log, without its line break: JSON, with a phrase for collectors on the events that have one.
 */
export function lineOf<N extends LogEventName>(at: string, event: N, fields: LogEvents[N]): string {
  const category = categoryOf(event, fields);
  const safeFields = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, withoutPhrase(value)]));
  if (category === undefined) return JSON.stringify({ at, event, ...safeFields });
  const phrase = category === "signature" ? SIGNATURE_PHRASE : category === "rollback" ? ROLLBACK_PHRASE : undefined;
  return JSON.stringify({ at, level: ERROR_PHRASE, event, ...safeFields, ...(phrase === undefined ? {} : { phrase }) });
}

// An id is random letters: one that contains a phrase by chance would be counted as an event that did not happen
//
function withoutPhrase(value: string | number): string | number {
  return typeof value === "string" && ANY_PHRASE.test(value) ? "withheld" : value;
}
