import { readDeviceKey } from "./license/device-key.ts";
export const planted = readDeviceKey;
