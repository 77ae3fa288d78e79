import { createSigner } from "../src-ops/signing/index.ts";
export const planted = createSigner;
