import { planted } from "../src-renderer/i18n/index.ts";
export const planted = planted;
