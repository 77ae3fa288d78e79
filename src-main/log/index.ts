export { artefactHash } from "./artefact-hash.ts";
export {
  ANY_PHRASE,
  ERROR_PHRASE,
  type Log,
  type LogEventName,
  type LogEvents,
  categoryOf,
  ROLLBACK_PHRASE,
  SIGNATURE_PHRASE,
} from "./events.ts";
export { type LogLimits, openLog } from "./log.ts";
