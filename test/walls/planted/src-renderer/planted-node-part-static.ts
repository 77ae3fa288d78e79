import { seal } from "../src-shared/node/aead.ts";
export const planted = seal;
