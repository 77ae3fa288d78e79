export { watchProcessErrors } from "./process-errors.ts";
export { runEvery } from "./run-every.ts";
export {
  createUnexpectedErrors,
  type UnexpectedError,
  type UnexpectedErrors,
  type UnexpectedErrorsPorts,
} from "./unexpected-errors.ts";
