export { ON_CALL, type OnCall, type OnCallFile, onDuty, readOnCall } from "./on-call.ts";
