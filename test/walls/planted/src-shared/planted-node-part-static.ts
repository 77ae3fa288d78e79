import { seal } from "./node/aead.ts";
export const planted = seal;
