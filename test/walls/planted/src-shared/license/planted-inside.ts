import { verifyJws } from "../jws/jws.ts";
export const planted = verifyJws;
