import * as crypto from "node:crypto";
export const planted = crypto.sign;
