export { type Log, type LogFields, openLog } from "./log.ts";
