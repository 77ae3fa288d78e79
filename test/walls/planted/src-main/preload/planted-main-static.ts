import { openLog } from "../log/index.ts";
export const planted = openLog;
