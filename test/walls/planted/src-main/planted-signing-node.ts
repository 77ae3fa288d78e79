import { sign } from "node:crypto";
export const planted = sign;
