import { showsToken } from "../server/http/index.ts";
export const planted = showsToken;
