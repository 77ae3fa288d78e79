export { type DueText, findDue, publishToStick, requireNewestKeys } from "./publish.ts";
