export { publishToStick, requireNewestKeys } from "./publish.ts";
