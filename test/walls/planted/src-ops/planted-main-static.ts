import { openLog } from "../src-main/log/index.ts";
export const planted = openLog;
