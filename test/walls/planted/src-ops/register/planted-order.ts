import { loadTrust } from "../keys/index.ts";
export const planted = loadTrust;
