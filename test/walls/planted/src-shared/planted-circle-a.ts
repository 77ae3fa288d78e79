import { b } from "./planted-circle-b.ts";
export const a = (): number => b();
