import { judgeLicense } from "../../src-shared/license/index.ts";
export const planted = judgeLicense;
