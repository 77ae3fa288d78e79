import { verifyJws } from "../src-shared/jws/jws.ts";
export const planted = verifyJws;
