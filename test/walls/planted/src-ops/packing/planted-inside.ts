import { createSigner } from "../signing/signer.ts";
export const planted = createSigner;
